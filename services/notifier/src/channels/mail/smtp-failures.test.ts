import { describe, expect, it } from 'vitest';
import type { FailureName } from '../../domain/failures.ts';
import { type SmtpError, smtpFailure } from './smtp-failures.ts';

const reply = (response: string, command = 'RCPT TO', code = 'EENVELOPE'): SmtpError => ({
	code,
	command,
	response,
	responseCode: Number(response.slice(0, 3)),
});

describe('smtpFailure', () => {
	it.each<[SmtpError, FailureName]>([
		[reply('550 5.1.1 No such user here'), 'MAILBOX_UNKNOWN'],
		[reply('550 no such user'), 'MAILBOX_UNKNOWN'],
		[reply('553 mailbox name not allowed'), 'MAILBOX_UNKNOWN'],
		[reply('553 5.6.7 non-ASCII addresses not permitted'), 'MAILBOX_INTERNATIONAL'],
		[reply('556 5.1.10 domain takes no mail'), 'MAILBOX_UNKNOWN'],
		[reply('550 5.2.1 disabled'), 'MAILBOX_DISABLED'],
		[reply('552 5.2.2 mailbox full'), 'MAILBOX_FULL'],
		[reply('552 exceeded storage allocation'), 'MAILBOX_FULL'],
		[reply('452 4.2.2 mailbox full'), 'MAILBOX_FULL'],
		[reply('552 message size exceeds limit', 'MAIL FROM'), 'MESSAGE_TOO_LARGE'],
		[reply('552 5.3.4 too big', 'DATA', 'EMESSAGE'), 'MESSAGE_TOO_LARGE'],
		[reply('554 5.7.1 Relay access denied'), 'RELAY_DENIED'],
		[reply('550 5.7.1 sender not allowed', 'MAIL FROM'), 'RELAY_DENIED'],
		[reply('554 5.7.1 message looks like spam', 'DATA', 'EMESSAGE'), 'CONTENT_REFUSED'],
		[reply('554 5.6.0 not well formed', 'DATA', 'EMESSAGE'), 'CONTENT_REFUSED'],
		[reply('554 transaction failed', 'DATA', 'EMESSAGE'), 'MESSAGE_REFUSED'],
		[reply('554 no SMTP service here', 'CONN', 'EPROTOCOL'), 'PROVIDER_UNAVAILABLE'],
		[reply('503 bad sequence', 'DATA', 'EMESSAGE'), 'PROVIDER_UNAVAILABLE'],
		[reply('530 5.7.0 authentication required', 'MAIL FROM'), 'AUTHENTICATION_FAILED'],
		[reply('535 5.7.8 bad credentials', 'AUTH PLAIN', 'EAUTH'), 'AUTHENTICATION_FAILED'],
		[reply('454 4.7.0 temporary failure', 'AUTH PLAIN', 'EAUTH'), 'AUTHENTICATION_FAILED'],
		[reply('421 4.3.2 shutting down', 'DATA', 'EMESSAGE'), 'PROVIDER_UNAVAILABLE'],
		[reply('451 local error', 'DATA', 'EMESSAGE'), 'PROVIDER_UNAVAILABLE'],
		[reply('450 4.1.1 unknown for now'), 'PROVIDER_UNAVAILABLE'],
		[reply('450 4.7.1 greylisted, come back'), 'THROTTLED'],
		[reply('421 too many connections', 'CONN'), 'THROTTLED'],
		[{ code: 'ETLS' }, 'TLS_FAILED'],
		[{ code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'TLS_FAILED'],
		[{ code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'CONNECTION_FAILED'],
		[{ code: 'ECONNECTION' }, 'CONNECTION_FAILED'],
		[{ code: 'EDNS' }, 'CONNECTION_FAILED'],
		[{ code: 'ETIMEDOUT' }, 'TIMED_OUT'],
		[{ code: 'EENVELOPE' }, 'MAILBOX_INVALID'],
		[{}, 'UNKNOWN'],
	])('%j', (error, failure) => expect(smtpFailure(error)).toBe(failure));
});
