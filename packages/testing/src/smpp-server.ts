import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { portOf } from './listening.ts';
import { Recorder } from './recorder.ts';
import { loadSmpp, type Pdu, type ShortMessage, type SmppSession } from './smpp-library.ts';

/** A message that a client submitted. */
export interface SubmittedSms {
	/** The id that the server answered, or would have. */
	readonly messageId: string;
	readonly from: string;
	readonly to: string;
	/** The text of this part, decoded by its data coding. */
	readonly text: string;
	/** SMPP `data_coding`: 0 the default alphabet, 8 UCS-2. */
	readonly dataCoding: number;
	/** Whether a delivery receipt was asked for. */
	readonly receiptAsked: boolean;
	/** Which part of how many, when it is one of a long message (a concatenation header of 8 or 16 bits). */
	readonly part?: { readonly reference: number; readonly number: number; readonly of: number };
	readonly at: Date;
}

/** What to do with a message. */
export interface SmsAnswer {
	/** Name of an SMPP error, such as `ESME_RTHROTTLED`; a message answered so is not recorded. Default `ESME_ROK`. */
	readonly status?: string;
	/** Milliseconds of real time before it answers, or cuts. Default 0. */
	readonly delayMs?: number;
	/** Cuts the connection in place of answering; the message was taken. */
	readonly dropConnection?: boolean;
}

/** How the server behaves. */
export interface SmppServerOptions {
	/** Default 0: a free one. */
	readonly port?: number;
	/** The only user and password to bind with. Default: anyone. */
	readonly systemId?: string;
	readonly password?: string;
	/** PEMs to speak TLS with from the start. Default: no TLS. */
	readonly tls?: { readonly key: string; readonly cert: string };
	/** Default: every message is taken. */
	readonly respond?: (message: SubmittedSms) => SmsAnswer;
}

/** A real SMPP 3.4 server on loopback that keeps what it gets. */
export interface SmppServer extends AsyncDisposable {
	readonly port: number;
	/** Every message taken, oldest first. */
	readonly messages: readonly SubmittedSms[];
	/** Changes how the messages from now on are answered. */
	respondWith(responder: (message: SubmittedSms) => SmsAnswer): void;
	/** Waits until so many messages were taken in all. @throws Error after `timeoutMs` milliseconds (default 5,000) */
	waitFor(count: number, timeoutMs?: number): Promise<readonly SubmittedSms[]>;
	/** Waits for the first message that satisfies `wanted`. @throws Error after `timeoutMs` milliseconds (default 5,000) */
	waitFor(wanted: (message: SubmittedSms) => boolean, timeoutMs?: number): Promise<SubmittedSms>;
	/** Sends a delivery receipt for a message to every bound client. @param state as in SMPP 3.4's appendix B: `DELIVRD`, `UNDELIV`... */
	sendReceipt(message: SubmittedSms, state: string): void;
	/** Cuts every connection and stops. */
	close(): Promise<void>;
}

/** Starts an SMPP server on loopback: bind, submit_sm, enquire_link, unbind and delivery receipts. */
export async function startSmppServer(options: SmppServerOptions = {}): Promise<SmppServer> {
	const smpp = loadSmpp();
	const messages = new Recorder<SubmittedSms>('messages');
	const sessions = new Set<SmppSession>();
	const bound = new Set<SmppSession>();
	const closing = new AbortController();
	let respond = options.respond ?? ((): SmsAnswer => ({}));
	let submitted = 0;

	const bind = (session: SmppSession, pdu: Pdu): void => {
		const known = (options.systemId ?? pdu.system_id) === pdu.system_id && (options.password ?? pdu.password) === pdu.password;
		if (known) bound.add(session);
		session.send(pdu.response(known ? { system_id: 'fefaent-test' } : { command_status: smpp.errors.ESME_RBINDFAIL }));
	};
	const submit = async (session: SmppSession, pdu: Pdu): Promise<void> => {
		if (!bound.has(session)) {
			session.send(pdu.response({ command_status: smpp.errors.ESME_RINVBNDSTS }));
			return;
		}
		const message = submittedOf(pdu, `smpp-${++submitted}`);
		const answer = respond(message);
		const status = smpp.errors[answer.status ?? 'ESME_ROK'];
		if (status === undefined) throw new Error(`no such SMPP error: ${answer.status}`);
		if (status === 0) messages.add(message);
		if (answer.delayMs) await delay(answer.delayMs, undefined, { signal: closing.signal });
		if (answer.dropConnection) session.socket.destroy();
		else session.send(pdu.response(status === 0 ? { message_id: message.messageId } : { command_status: status }));
	};
	const server = smpp.createServer({ ...options.tls }, (session) => {
		sessions.add(session);
		session.on('error', () => session.socket.destroy());
		session.on('close', () => {
			sessions.delete(session);
			bound.delete(session);
		});
		for (const command of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) session.on(command, (pdu: Pdu) => bind(session, pdu));
		session.on('submit_sm', (pdu: Pdu) => submit(session, pdu).catch(() => session.socket.destroy()));
		session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
		session.on('unbind', (pdu: Pdu) => {
			session.send(pdu.response());
			session.close();
		});
	});
	// A client that does not trust the certificate is nothing to the server.
	server.on('tlsClientError', () => {});
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server, 'listening');

	const close = async (): Promise<void> => {
		if (!server.listening) return;
		closing.abort();
		const closed = once(server, 'close');
		server.close();
		for (const session of sessions) session.socket.destroy();
		await closed;
	};
	return {
		port: portOf(server),
		messages: messages.items,
		respondWith: (responder) => {
			respond = responder;
		},
		waitFor: messages.waitFor.bind(messages),
		sendReceipt: (message, state) => {
			for (const session of bound) session.deliver_sm(receiptOf(message, state));
		},
		close,
		[Symbol.asyncDispose]: close,
	};
}

function submittedOf(pdu: Pdu, messageId: string): SubmittedSms {
	const body: ShortMessage = pdu.message_payload ?? pdu.short_message ?? '';
	const { message, udh = [] } = typeof body === 'string' || Buffer.isBuffer(body) ? { message: body } : body;
	const part = partOf(udh);
	return {
		messageId,
		from: pdu.source_addr ?? '',
		to: pdu.destination_addr ?? '',
		text: typeof message === 'string' ? message : message.toString('latin1'),
		dataCoding: pdu.data_coding ?? 0,
		receiptAsked: ((pdu.registered_delivery ?? 0) & 0x03) === 1,
		...(part && { part }),
		at: new Date(),
	};
}

/** The concatenation element of a user data header (3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8); each element begins with its id and its length. */
function partOf(udh: readonly Buffer[]): SubmittedSms['part'] {
	for (const element of udh) {
		if (element[0] === 0x00 && element.length === 5)
			return { reference: element.readUInt8(2), of: element.readUInt8(3), number: element.readUInt8(4) };
		if (element[0] === 0x08 && element.length === 6)
			return { reference: element.readUInt16BE(2), of: element.readUInt8(4), number: element.readUInt8(5) };
	}
	return undefined;
}

/** A delivery receipt as a `deliver_sm` (SMPP 3.4, appendix B). */
function receiptOf(message: SubmittedSms, state: string): Readonly<Record<string, unknown>> {
	const delivered = state === 'DELIVRD' ? '001' : '000';
	return {
		source_addr: message.to,
		destination_addr: message.from,
		esm_class: 0x04,
		short_message: `id:${message.messageId} sub:001 dlvrd:${delivered} submit date:2601010900 done date:2601010900 stat:${state} err:000 text:`,
	};
}
