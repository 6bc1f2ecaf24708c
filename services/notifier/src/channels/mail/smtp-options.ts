import { isLoopbackHost } from '@fefaent/service-kit';

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
	/** Longest silence of the server, real time in milliseconds. */
	readonly timeoutMs: number;
	/** As in a From header. */
	readonly from: string;
	readonly replyTo: string | undefined;
	readonly messageIdDomain: string;
}

/** The same for one connection, as nodemailer wants it. */
export function connectionOptions({ url, startTls, ca, timeoutMs }: SmtpOptions) {
	const { protocol, hostname, port } = new URL(url);
	const host = hostname.replace(/^\[|\]$/g, '');
	const secure = protocol === 'smtps:';
	const tls = startTls === 'auto' ? (isLoopbackHost(host) ? 'opportunistic' : 'required') : startTls;
	return {
		host,
		port: port === '' ? (secure ? 465 : 587) : Number(port),
		secure,
		...(!secure && { requireTLS: tls === 'required', ignoreTLS: tls === 'off' }),
		...(ca !== undefined && { tls: { ca } }),
		connectionTimeout: timeoutMs,
		greetingTimeout: timeoutMs,
		socketTimeout: timeoutMs,
		dnsTimeout: timeoutMs,
	};
}

/** User and password, where the URL holds them. */
export function credentialsOf({ url }: SmtpOptions): { readonly user: string; readonly pass: string } | undefined {
	const { username, password } = new URL(url);
	return username === '' ? undefined : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}
