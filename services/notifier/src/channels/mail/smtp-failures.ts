import type { FailureName } from '../../domain/failures.ts';
import { isTlsFailure } from '../tls-failure.ts';

/** What an error of an SMTP conversation tells, as nodemailer gives it. */
export interface SmtpError {
	/** nodemailer's own name for the failure. */
	readonly code?: string | undefined;
	/** The code that it had before: a system error or one of TLS. */
	readonly originalCode?: string | undefined;
	/** The server's reply code. */
	readonly responseCode?: number | undefined;
	/** The server's whole reply. */
	readonly response?: string | undefined;
	/** The command that was answered, such as `RCPT TO`. */
	readonly command?: string | undefined;
}

/** Failures without an answer of the server, by nodemailer's names. */
const byCode: Readonly<Record<string, FailureName>> = {
	EAUTH: 'AUTHENTICATION_FAILED',
	ENOAUTH: 'AUTHENTICATION_FAILED',
	EOAUTH2: 'AUTHENTICATION_FAILED',
	ETLS: 'TLS_FAILED',
	EREQUIRETLS: 'TLS_FAILED',
	ETIMEDOUT: 'TIMED_OUT',
	EABORT: 'TIMED_OUT',
	ECONNECTION: 'CONNECTION_FAILED',
	ESOCKET: 'CONNECTION_FAILED',
	EDNS: 'CONNECTION_FAILED',
	EPROXY: 'CONNECTION_FAILED',
	EPROTOCOL: 'PROVIDER_UNAVAILABLE',
	EENVELOPE: 'MAILBOX_INVALID',
};

/** Enhanced status codes of permanent replies (RFC 3463; RFC 7505 for 1.10, RFC 6531 for 6.7 and 6.9), without their class. */
const byEnhanced: Readonly<Record<string, FailureName>> = {
	'1.1': 'MAILBOX_UNKNOWN',
	'1.2': 'MAILBOX_UNKNOWN',
	'1.3': 'MAILBOX_INVALID',
	'1.6': 'MAILBOX_UNKNOWN',
	'1.7': 'RELAY_DENIED',
	'1.8': 'RELAY_DENIED',
	'1.10': 'MAILBOX_UNKNOWN',
	'2.1': 'MAILBOX_DISABLED',
	'2.2': 'MAILBOX_FULL',
	'2.3': 'MESSAGE_TOO_LARGE',
	'3.4': 'MESSAGE_TOO_LARGE',
	'6.7': 'MAILBOX_INTERNATIONAL',
	'6.9': 'MAILBOX_INTERNATIONAL',
	'7.8': 'AUTHENTICATION_FAILED',
	'7.9': 'AUTHENTICATION_FAILED',
};

/** Reply codes of permanent replies (RFC 5321 section 4.2.3, RFC 4954 section 6, RFC 7504) whose enhanced code says nothing else. */
const byReply: Readonly<Record<number, FailureName>> = {
	503: 'PROVIDER_UNAVAILABLE',
	521: 'MAILBOX_UNKNOWN',
	523: 'MESSAGE_TOO_LARGE',
	530: 'AUTHENTICATION_FAILED',
	534: 'AUTHENTICATION_FAILED',
	535: 'AUTHENTICATION_FAILED',
	538: 'AUTHENTICATION_FAILED',
	556: 'MAILBOX_UNKNOWN',
};

/** Tells a failure of an SMTP conversation by its name. */
export function smtpFailure(error: SmtpError): FailureName {
	const { code = '', originalCode = '', responseCode = 0 } = error;
	if (byCode[code] === 'AUTHENTICATION_FAILED' || byCode[code] === 'TLS_FAILED') return byCode[code];
	if (responseCode >= 500) return permanentReply(error, responseCode);
	if (responseCode >= 400) return transientReply(error, responseCode);
	// A certificate that does not hold shows as a failed socket.
	if (isTlsFailure(originalCode || code)) return 'TLS_FAILED';
	return byCode[code] ?? 'UNKNOWN';
}

/** A 4xx reply is never permanent, whatever it says besides (RFC 5321 section 4.2.1). */
function transientReply({ response }: SmtpError, reply: number): FailureName {
	const enhanced = enhancedOf(response);
	if (enhanced === '2.2') return 'MAILBOX_FULL';
	if (reply === 454 && enhanced === '7.0') return 'TLS_FAILED';
	if (enhanced?.startsWith('7.') || enhanced === '5.3' || /rate|too many|throttl|slow|gr[ae]y/i.test(response ?? '')) return 'THROTTLED';
	return 'PROVIDER_UNAVAILABLE';
}

function permanentReply({ response = '', command = '' }: SmtpError, reply: number): FailureName {
	const enhanced = enhancedOf(response);
	// The greeting: the server does not want to talk now, with whatever code.
	if (command === 'CONN' || command === 'EHLO' || command === 'HELO') return 'PROVIDER_UNAVAILABLE';
	const known = (enhanced !== undefined ? byEnhanced[enhanced] : undefined) ?? byReply[reply];
	if (known !== undefined) return known;
	if (/relay/i.test(response)) return 'RELAY_DENIED';
	if (reply === 552) return /size|large|big/i.test(response) || command === 'MAIL FROM' ? 'MESSAGE_TOO_LARGE' : 'MAILBOX_FULL';
	if (command === 'MAIL FROM') return 'RELAY_DENIED';
	if (command === 'RCPT TO') return reply === 550 || reply === 551 || reply === 553 ? 'MAILBOX_UNKNOWN' : 'MESSAGE_REFUSED';
	return enhanced?.startsWith('6.') || /spam|virus|content|policy|blocked/i.test(response) ? 'CONTENT_REFUSED' : 'MESSAGE_REFUSED';
}

/** The enhanced status code of a reply without its class: `5.1.1` as `1.1`. */
function enhancedOf(response: string | undefined): string | undefined {
	return /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1];
}
