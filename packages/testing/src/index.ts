export { acceptCallback, idNotificacioOf, startCallbackReceiver } from './callback-receiver.ts';
export {
	type CertificateAndKey,
	issueTestCertificates,
	type TestAuthority,
	type TestCertificateOptions,
	type TestCertificates,
	testAuthority,
} from './certificates.ts';
export { type ChildExit, type ChildService, type ChildServiceOptions, childService, loggedCrashpoints } from './child-service.ts';
export { type DrippingServer, type DrippingServerOptions, startDrippingServer } from './dripping-server.ts';
export { type EventuallyOptions, eventually, eventuallyFound } from './eventually.ts';
export { freePort } from './free-port.ts';
export {
	type HttpAnswer,
	type HttpRecorder,
	type HttpRecorderOptions,
	type HttpResponder,
	type ReceivedRequest,
	startHttpRecorder,
} from './http-recorder.ts';
export {
	type MongoTestDatabase,
	mongoDocuments,
	mongoOperations,
	mongoTestDatabase,
	removeMongoTestDatabases,
} from './mongo.ts';
export { type ReopenableStore, reopenableMongoStore } from './reopenable-store.ts';
export { type SeededRandom, seededRandom } from './seeded-random.ts';
export { type SmppServer, type SmppServerOptions, type SmsAnswer, type SubmittedSms, startSmppServer } from './smpp-server.ts';
export { jsonOf, type SmsHttpProviderOptions, startSmsHttpProvider } from './sms-http-provider.ts';
export { startSmtpSink } from './smtp-sink.ts';
export type { ReceivedMail, SmtpEnvelope, SmtpFailure, SmtpFailureRule, SmtpSink, SmtpSinkOptions, SmtpStage } from './smtp-sink-types.ts';
export { actualitzarEstatAnswer, soapContentType, soapEnvelope } from './soap-answers.ts';
export { type NetworkFault, startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
