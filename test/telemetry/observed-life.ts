// Notifications' lives in an installation of six processes, and all that can be seen of them from outside: spans, metrics, logs, topics.
import { notificationTopic } from '@fefaent/contracts/events';
import { openKafkaBus } from '@fefaent/event-bus/kafka';
import { systemClock } from '@fefaent/kernel';
import {
	acceptCallback,
	eventually,
	type ReceivedRequest,
	startCallbackReceiver,
	startSmsHttpProvider,
	startSmtpSink,
	temporaryFolder,
} from '@fefaent/testing';
import kafkajs from 'kafkajs';
import { startInstallation } from '../distributed/installation.ts';
import { createRequest, document, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';
import { startCollector } from './collector.ts';
import type { ExportedMetric, ExportedSpan } from './otlp.ts';

/** What is known of the recipient and of what they are told, and the secrets of the installation: none of it may be seen. */
export const personal = {
	nif: '39876543V',
	name: 'Hermenegilda',
	surname: 'Bragulat',
	secondSurname: 'Escarrabill',
	email: 'hermenegilda@recipients.example',
	phone: '655443322',
	subject: 'Multa per aparcar',
	letter: 'Us requerim el pagament immediat',
	document: 'requeriment-4711.pdf',
	password: 'contrasenya-del-callback-9',
	urlSecret: 'secret-de-la-url-7',
	smsToken: 'testimoni-dels-sms-5',
};

/** Traces of the integrator, by what it did in them. */
export const traces = {
	create: '0af7651916cd43dd8448eb211c80319c',
	accept: '1bf7651916cd43dd8448eb211c80319c',
	together: ['2cf7651916cd43dd8448eb211c803191', '2cf7651916cd43dd8448eb211c803192', '2cf7651916cd43dd8448eb211c803193'],
} as const;

/** The integrator's own span. */
export const callerSpan = 'b7ad6b7169203331';

/** A record of Kafka. */
export interface SeenRecord {
	readonly topic: string;
	readonly key: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

/** Everything that was seen. */
export interface Observed {
	readonly spans: readonly ExportedSpan[];
	readonly metrics: readonly ExportedMetric[];
	/** Bodies of what was exported. */
	readonly exports: readonly Buffer[];
	/** What all processes said on both outputs. */
	readonly logs: string;
	readonly records: readonly SeenRecord[];
	readonly callbacks: readonly ReceivedRequest[];
	/** Ids of notifications: accepted; expired after a reminder. */
	readonly accepted: number;
	readonly expired: number;
	readonly apiKey: string;
	/** What `fefaent trace` shows of the accepted one. */
	readonly timeline: { readonly events: readonly { readonly event: string; readonly traceId?: string }[] };
}

const patience = { timeoutMs: 60_000, everyMs: 100 };

/** Lives them. */
export async function observeLives(): Promise<Observed> {
	await using folder = temporaryFolder();
	await using collector = await startCollector();
	await using mail = await startSmtpSink();
	await using sms = await startSmsHttpProvider({ token: personal.smsToken });
	await using receiver = await startCallbackReceiver();
	await using installation = await startInstallation(folder, {
		env: {
			FEFAENT_SANDBOX: 'true',
			FEFAENT_LOG_LEVEL: 'debug',
			OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
			OTEL_METRIC_EXPORT_INTERVAL: '500',
			OTEL_BSP_SCHEDULE_DELAY: '100',
			FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
			FEFAENT_NOTIFIER_SMS_PROVIDER: 'http',
			FEFAENT_NOTIFIER_SMS_HTTP_URL: sms.url,
			FEFAENT_NOTIFIER_SMS_HTTP_TOKEN: personal.smsToken,
			FEFAENT_STATE_ENGINE_SWEEP_EVERY: '500ms',
			FEFAENT_STATE_ENGINE_SWEEP_AGE: '1s',
			FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: '2s',
		},
	});
	const { admin } = installation;
	const [publicUrl = ''] = installation.publicUrls;
	const gauge = (name: string, wanted: (value: number) => boolean) =>
		eventually(() => collector.metrics().some((one) => one.name === name && one.points.some(({ value }) => wanted(value))), patience);
	const stateOf = async (id: number) => (await admin<{ state: string }>('GET', `/admin/v1/notifications/${id}`)).state;
	const reaches = (id: number, state: string) => eventually(async () => (await stateOf(id)) === state, patience);
	const soap = (traceId: string) =>
		soapCaller(publicUrl, { headers: { traceparent: `00-${traceId}-${callerSpan}-01`, connection: 'close' } });
	const call = async (traceId: string, body: string) => {
		const caller = soap(traceId);
		const answer = await caller.call(body);
		caller.close();
		return answer.body;
	};
	const recipients = `<Destinatari><PersonaFisica><BustiaCorreu>${personal.email}</BustiaCorreu><Telefon>${personal.phone}</Telefon><DocumentIdentificatiu><NIF>${personal.nif}</NIF></DocumentIdentificatiu><Nom>${personal.name}</Nom><PrimerCognom>${personal.surname}</PrimerCognom><SegonCognom>${personal.secondSurname}</SegonCognom></PersonaFisica></Destinatari>`;
	const choice = { recipients, title: personal.subject, letter: personal.letter, documents: document(personal.document), reminder: true };
	const create = async (traceId: string, issuer = 'DEMO') => createdIds(await call(traceId, createRequest([choice], issuer)))[0] ?? 0;

	for (const code of ['DEMO', 'AWAY']) await admin('POST', '/admin/v1/issuers', { code, name: `Ens ${code}` });
	const { key: apiKey } = await admin<{ key: string }>('POST', '/admin/v1/credentials/api-keys', { label: 'test', issuers: ['DEMO'] });
	const credential = { kind: 'basic', username: 'fefaent', password: personal.password };
	const url = `${receiver.url}/?key=${personal.urlSecret}`;
	await admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url, form: 'enotumlite', credential });
	// Nobody is there: what it is to be told is given up in the end.
	await admin('POST', '/admin/v1/endpoints', { issuerCode: 'AWAY', url: 'http://127.0.0.1:1/', form: 'json' });

	// The first e-mail is refused by name, and the first callback quotes what it was told: failures are what is logged.
	let refused = 0;
	mail.failWith(({ stage }) =>
		stage === 'rcpt' && refused++ === 0 ? { code: 451, message: `4.2.1 <${personal.email}> try later` } : undefined,
	);
	receiver.respondWith((request) =>
		request.index === 0 ? { status: 500, body: `${personal.name} ${personal.nif}` } : acceptCallback(request),
	);

	// A whole life: created, deposited, told by e-mail and SMS, accepted, and both changes called back.
	const accepted = await create(traces.create);
	await reaches(accepted, 'deposited');
	await eventually(() => sms.requests.length > 0, patience);
	await admin('POST', '/admin/v1/clock', { advance: 'PT1H', settle: true });
	await eventually(() => mail.messages.length > 0, patience);
	await eventually(
		async () => texts(await call(traces.accept, practiseRequest([{ id: accepted, decision: 'ACCEPTAR' }])), 'CodiError').length === 0,
		patience,
	);
	await reaches(accepted, 'accepted');
	await eventually(() => receiver.requests.length >= 3, patience);

	// Several that come together: the engine finds them all at once.
	await installation.signal('state-engine', 'SIGSTOP');
	const together = await Promise.all(traces.together.map((traceId) => create(traceId)));
	await eventually(
		() =>
			collector.spans().filter(({ name, traceId }) => name.startsWith('send ') && traces.together.includes(traceId as never)).length >=
			together.length,
		patience,
	);
	await installation.signal('state-engine', 'SIGCONT');
	for (const id of together) await reaches(id, 'deposited');

	// A decision whose proof does not come at first.
	await installation.stop('evidence');
	const [left = 0, expired = 0] = together;
	const rejecting = call(traces.accept, practiseRequest([{ id: left, decision: 'REBUTJAR' }]));
	await gauge('fefaent.notification.claim.oldest.age', (value) => value > 0);
	await rejecting;
	await installation.start('evidence');
	await reaches(left, 'rejected');

	// One that is wrong, so that refusals are told too; one about whom nobody can be told; and what no service understands.
	const wrong = createRequest([{ ...choice, recipients: recipients.replace(personal.nif, '39876543A') }]);
	if (!texts(await call(traces.accept, wrong), 'CodiError').includes('NOT_03')) throw new Error('a wrong NIF was taken');
	const away = await create(traces.accept, 'AWAY');
	await reaches(away, 'deposited');
	const brokers = (process.env.KAFKA_BROKERS ?? '').split(',');
	const connection = { brokers, clientId: 'fefaent-test' };
	const bus = openKafkaBus({ connection, topics: [], clock: systemClock });
	const id = '01900000-0000-7000-8000-000000000000';
	const garbage = {
		id,
		topic: installation.prefixes.kafka + notificationTopic,
		key: '1',
		type: 'none',
		at: new Date(),
		headers: {},
		body: Buffer.from([0xff]),
	};
	await bus.publish([garbage]);
	await bus.close();
	await gauge('fefaent.bus.dead_letters', (value) => value === 1);

	// The others are reminded, and expire.
	await admin('POST', '/admin/v1/clock', { advance: 'P11D', settle: true, timeoutSeconds: 120 });
	await reaches(expired, 'expired');
	await eventually(() => receiver.requests.filter(({ body }) => body.includes(String(expired))).length >= 2, patience);
	// Nothing of the callbacks' waits halts a move of the clock: so it is moved by days.
	await eventually(async () => {
		await admin('POST', '/admin/v1/clock', { advance: 'P1D', settle: true });
		return collector.metrics().some(({ name, points }) => name === 'fefaent.callback.exhausted' && points.length > 0);
	}, patience);
	const timeline = await admin<Observed['timeline']>('GET', `/admin/v1/notifications/${accepted}/timeline`);
	// Every process tells how things stand at least once more.
	const before = collector.metrics().length;
	await eventually(() => collector.metrics().length > before + 100, patience);

	const records = await readTopics(brokers, installation.prefixes.kafka);
	const ended = await Promise.all(installation.names.map((name) => installation.stop(name)));
	if (ended.some(({ code }) => code !== 0))
		throw new Error(`not every process ended well: ${JSON.stringify(ended.map(({ code }) => code))}`);
	return {
		spans: collector.spans(),
		metrics: collector.metrics(),
		exports: collector.requests.map(({ body }) => body),
		logs: installation.output(),
		records,
		callbacks: receiver.requests,
		accepted,
		expired,
		apiKey,
		timeline,
	};
}

/** Everything that lies in the topics of an installation, dead letters included. */
async function readTopics(brokers: string[], prefix: string): Promise<SeenRecord[]> {
	const kafka = new kafkajs.Kafka({ brokers, clientId: 'fefaent-test', logLevel: kafkajs.logLevel.NOTHING });
	const client = kafka.admin();
	await client.connect();
	const topics = (await client.listTopics()).filter((name) => name.startsWith(prefix));
	const offsets = await Promise.all(topics.map((topic) => client.fetchTopicOffsets(topic)));
	await client.disconnect();
	const wanted = offsets.flat().reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
	const seen: SeenRecord[] = [];
	const consumer = kafka.consumer({ groupId: `${prefix}reader` });
	await consumer.connect();
	await consumer.subscribe({ topics, fromBeginning: true });
	await consumer.run({
		eachMessage: async ({ topic, message: { key, value, headers = {} } }) => {
			const texts = Object.entries(headers).map(([name, one]) => [name, String(one)] as const);
			seen.push({ topic, key: key?.toString() ?? '', headers: Object.fromEntries(texts), body: value ?? Buffer.alloc(0) });
		},
	});
	await eventually(() => seen.length >= wanted, patience);
	await consumer.disconnect();
	return seen;
}
