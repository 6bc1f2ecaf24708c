import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import { languageCode } from '../../domain/language.ts';
import { type AddressOutcome, failed } from '../../domain/outcome.ts';
import type { MailSender, OutgoingMail } from './port.ts';
import { type SmtpError, smtpFailure } from './smtp-failures.ts';

/** When `smtp://` goes on by STARTTLS. */
export type StartTls = 'auto' | 'required' | 'opportunistic' | 'off';

/** How e-mails reach the SMTP server. */
export interface SmtpOptions {
	/** `smtp://` or `smtps://`, with user and password where asked for. */
	readonly url: string;
	readonly startTls: StartTls;
	/** PEM of the authorities to trust in place of the public ones. */
	readonly ca: string | undefined;
	readonly connections: number;
	/** Longest silence of the server, real time in milliseconds; a message may take twice as long in all. */
	readonly timeoutMs: number;
	/** As in a From header. */
	readonly from: string;
	readonly replyTo: string | undefined;
	readonly messageIdDomain: string;
}

/** What of nodemailer is used. */
type Transport = Awaited<ReturnType<typeof openTransport>>;

/** Hands e-mails to an SMTP server over a pool of connections, opened with the first e-mail. */
export class SmtpMailSender implements MailSender {
	readonly name = 'smtp';
	readonly concurrency: number;
	readonly #options: SmtpOptions;
	#transport: Promise<Transport> | undefined;

	constructor(options: SmtpOptions) {
		this.#options = options;
		// Some wait in the pool, so that no connection waits for us.
		this.concurrency = options.connections * 4;
	}

	async send(mail: OutgoingMail): Promise<readonly AddressOutcome[]> {
		const { from, replyTo, messageIdDomain, timeoutMs } = this.#options;
		const { content, to } = mail;
		this.#transport ??= openTransport(this.#options);
		const transport = await this.#transport;
		// For a server that keeps the conversation going and never ends it. The queue within the pool counts too, hence a share for each.
		const signal = AbortSignal.timeout(timeoutMs * (2 + this.concurrency / this.#options.connections));
		try {
			const { accepted, rejectedErrors, response } = await transport.sendMail({
				from,
				...(replyTo !== undefined && { replyTo }),
				to: mail.recipients.map((address) => ({ name: '', address })),
				envelope: { from: senderAddress(from), to: [...to] },
				messageId: `<${mail.noticeId}@${messageIdDomain}>`,
				subject: content.subject,
				text: content.text,
				...(content.html !== '' && { html: content.html }),
				headers: {
					// RFC 3834: no automatic answers, please.
					'Auto-Submitted': 'auto-generated',
					'X-Auto-Response-Suppress': 'All',
					'Content-Language': languageCode(content.language),
				},
				disableFileAccess: true,
				disableUrlAccess: true,
				signal,
			});
			return outcomes(to, accepted.map(addressText), rejectedErrors ?? [], response);
		} catch (error) {
			const thrown = (error instanceof Error ? error : {}) as SmtpError & { readonly rejectedErrors?: readonly RejectedError[] };
			if (thrown.rejectedErrors !== undefined && thrown.rejectedErrors.length > 0) return outcomes(to, [], thrown.rejectedErrors, '');
			// One mailbox that this server cannot take at all (a local part beyond ASCII, say) must not stop the others.
			if (thrown.code === 'EENVELOPE' && thrown.responseCode === undefined && to.length > 1) {
				return (await Promise.all(to.map((one) => this.send({ ...mail, to: [one] })))).flat();
			}
			return to.map(() => failed(smtpFailure(thrown)));
		}
	}

	async close(): Promise<void> {
		(await this.#transport)?.close();
	}
}

type RejectedError = SmtpError & { readonly recipient?: string | undefined };

function outcomes(
	to: readonly string[],
	accepted: readonly string[],
	rejected: readonly RejectedError[],
	response: string,
): readonly AddressOutcome[] {
	const taken = new Set(accepted.map(comparable));
	const refused = new Map(rejected.map((one) => [comparable(one.recipient ?? ''), one]));
	return to.map((address) => {
		const error = refused.get(comparable(address));
		if (error !== undefined) return failed(smtpFailure(error));
		return taken.has(comparable(address)) ? { kind: 'accepted', reference: queueId(response) } : failed('UNKNOWN');
	});
}

/** The name that the server's queue gave the message, where its reply tells one: `250 2.0.0 Ok: queued as 4F2A1`. */
function queueId(response: string): string {
	return /queued as ([\w.-]{1,100})/i.exec(response)?.[1] ?? '';
}

/** nodemailer writes domains in ASCII and small letters. */
function comparable(address: string): string {
	const at = address.lastIndexOf('@');
	const domain = address.slice(at + 1);
	return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`.toLowerCase();
}

function addressText(address: string | { readonly address?: string | undefined }): string {
	return typeof address === 'string' ? address : (address.address ?? '');
}

/** The address of a From header's text. */
export function senderAddress(from: string): string {
	return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}

async function openTransport({ url, startTls, ca, connections, timeoutMs }: SmtpOptions) {
	const { createTransport } = await import('nodemailer');
	const { protocol, hostname, port, username, password } = new URL(url);
	const host = hostname.replace(/^\[|\]$/g, '');
	const secure = protocol === 'smtps:';
	const tls = startTls === 'auto' ? (isLoopback(host) ? 'opportunistic' : 'required') : startTls;
	return createTransport({
		pool: true,
		host,
		port: port === '' ? (secure ? 465 : 587) : Number(port),
		secure,
		...(!secure && { requireTLS: tls === 'required', ignoreTLS: tls === 'off' }),
		...(ca !== undefined && { tls: { ca } }),
		...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
		maxConnections: connections,
		// What a broken connection means for a message is decided here, where attempts are counted.
		maxRequeues: 0,
		connectionTimeout: timeoutMs,
		greetingTimeout: timeoutMs,
		socketTimeout: timeoutMs,
		dnsTimeout: timeoutMs,
	});
}

function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
