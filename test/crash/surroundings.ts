// The world outside an installation: a mail server and a callback receiver, which stay up whatever is killed.
import {
	acceptCallback,
	type HttpRecorder,
	type HttpResponder,
	type SmtpSink,
	startCallbackReceiver,
	startSmtpSink,
} from '@fefaent/testing';
import type { RunningFefaent } from '../support/process.ts';
import { texts } from '../support/soap.ts';
import type { TakenCallback } from './proofs.ts';

/** What stands around an installation. */
export interface Surroundings {
	readonly receiver: HttpRecorder;
	/** How the receiver answers when all is well. */
	readonly accept: HttpResponder;
	/** Undefined where the installation keeps its mails to itself. */
	readonly mail: SmtpSink | undefined;
}

/** What left the house, as the receivers saw it. */
export interface Outside {
	/** Message-ID of every e-mail taken; undefined where mails did not leave the house. */
	readonly mailIds: readonly string[] | undefined;
	/** Every callback taken, in order. */
	readonly callbacks: readonly TakenCallback[];
}

/** Surroundings that are open, and the settings by which an installation finds them. */
export interface OpenSurroundings extends Surroundings {
	readonly env: Readonly<Record<string, string>>;
	close(): Promise<void>;
}

/** @param options.smtp whether mails go to a server; default true */
export async function openSurroundings(options: { readonly smtp?: boolean } = {}): Promise<OpenSurroundings> {
	const mail = options.smtp === false ? undefined : await startSmtpSink();
	const receiver = await startCallbackReceiver({ respond: acceptCallback });
	return {
		receiver,
		accept: acceptCallback,
		mail,
		env: mail ? { FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}` } : {},
		close: async () => void (await Promise.all([mail?.close(), receiver.close()])),
	};
}

/** Has the receiver told of the issuer's changes, each with an evidence that says who signed. */
export async function register({ admin }: Pick<RunningFefaent, 'admin'>, { receiver }: Surroundings): Promise<void> {
	await admin('PATCH', '/admin/v1/issuers/DEMO', { evidenceForm: 'head' });
	await admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });
}

/** What they have taken so far. */
export function outsideOf({ mail, receiver }: Surroundings): Outside {
	return {
		mailIds: mail?.messages.map((one) => one.messageId),
		callbacks: receiver.requests.map((one) => {
			const body = Buffer.from(one.body).toString('utf8');
			return {
				deliveryId: String(one.headers.get('x-fefaent-delivery-id')),
				notificationId: Number(texts(body, 'IdNotificacio')[0]),
				state: texts(body, 'Estat')[0] ?? '',
				body,
			};
		}),
	};
}
