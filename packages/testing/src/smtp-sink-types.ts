/** Where in the conversation a failure is asked for. At `answer` the message was taken and recorded, and only its answer is still to go out. */
export type SmtpStage = 'connect' | 'mail' | 'rcpt' | 'data' | 'answer';

/** What is known of the message when a failure is asked for. */
export interface SmtpEnvelope {
	readonly stage: SmtpStage;
	/** The sender's address; empty before it is given. */
	readonly from: string;
	/** The recipients taken so far; at `rcpt` the last is the one that is being decided. */
	readonly to: readonly string[];
}

/** The failure to answer with: an SMTP reply (4xx transient, 5xx permanent), or the connection cut without one. */
export type SmtpFailure = { readonly code: number; readonly message: string } | 'drop';

/** Decides a failure; undefined goes on as if nothing were. */
export type SmtpFailureRule = (envelope: SmtpEnvelope) => SmtpFailure | undefined;

/** A message that the sink took. */
export interface ReceivedMail {
	/** The value of Message-ID, with its angle brackets; empty when absent. */
	readonly messageId: string;
	/** The From header's text. */
	readonly from: string;
	/** The addresses of the To header. */
	readonly to: readonly string[];
	readonly subject: string;
	/** The text part; empty when absent. */
	readonly text: string;
	/** The HTML part; empty when absent. */
	readonly html: string;
	/** The last value of each header, by its name in small letters, as it came. */
	readonly headers: ReadonlyMap<string, string>;
	/** The addresses of the SMTP conversation. */
	readonly envelope: { readonly from: string; readonly to: readonly string[] };
	/** Whether it came over TLS. */
	readonly secure: boolean;
	/** Whether the conversation asked for SMTPUTF8 (RFC 6531). */
	readonly smtpUtf8: boolean;
	/** The message as it came. */
	readonly raw: Buffer;
	/** When it had come whole. */
	readonly at: Date;
}

/** How the sink behaves. */
export interface SmtpSinkOptions {
	/** Default 0: a free one. */
	readonly port?: number;
	/** PEMs, and whether TLS begins with the connection or by STARTTLS. Default: no TLS. */
	readonly tls?: { readonly key: string; readonly cert: string; readonly mode: 'implicit' | 'starttls' };
	/** Asks for this user and password. Default: nobody is asked. */
	readonly auth?: { readonly user: string; readonly pass: string };
	/** Whether it offers SMTPUTF8 (RFC 6531). Default true. */
	readonly smtpUtf8?: boolean;
	/** Asked at each stage of each message. Default: nothing fails. */
	readonly fail?: SmtpFailureRule;
	/** Milliseconds of real time between taking a message and answering. Default 0. */
	readonly delayMs?: number;
}

/** A real SMTP server on loopback that keeps what it gets. */
export interface SmtpSink extends AsyncDisposable {
	readonly port: number;
	/** Every message taken, oldest first. */
	readonly messages: readonly ReceivedMail[];
	/** Changes the failure rule from now on; undefined ends the failures. */
	failWith(rule: SmtpFailureRule | undefined): void;
	/** Waits until so many messages were taken in all. @throws Error after `timeoutMs` milliseconds (default 5,000) */
	waitFor(count: number, timeoutMs?: number): Promise<readonly ReceivedMail[]>;
	/** Waits for the first message that satisfies `wanted`. @throws Error after `timeoutMs` milliseconds (default 5,000) */
	waitFor(wanted: (mail: ReceivedMail) => boolean, timeoutMs?: number): Promise<ReceivedMail>;
	/** Calls `listener` with each message from now on. Returns a function that stops it. */
	onMessage(listener: (mail: ReceivedMail) => void): () => void;
	/** Cuts every connection and stops. */
	close(): Promise<void>;
}
