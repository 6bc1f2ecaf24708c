import { domainToASCII } from 'node:url';

/**
 * What a mailbox asks of a server. `plain`: nothing. `international`: SMTPUTF8 (RFC 6531), for letters beyond ASCII before the @. `unwritable`: its domain
 * is none that could exist.
 */
export type MailboxForm = 'plain' | 'international' | 'unwritable';

/** Tells what a mailbox asks of a server. */
export function mailboxForm(mailbox: string): MailboxForm {
	const { local, domain } = split(mailbox);
	if (domainToASCII(domain) === '') return 'unwritable';
	return /^\p{ASCII}+$/u.test(local) ? 'plain' : 'international';
}

/** A mailbox with its domain in ASCII (punycode, RFC 5891) and small letters, as every server can take it. */
export function writtenMailbox(mailbox: string): string {
	const { local, domain } = split(mailbox);
	return `${local}@${domainToASCII(domain) || domain}`;
}

/** Whether two texts name the same mailbox, as far as anyone but its own server can tell. */
export function sameMailbox(one: string, other: string): boolean {
	return writtenMailbox(one).toLowerCase() === writtenMailbox(other).toLowerCase();
}

function split(mailbox: string): { readonly local: string; readonly domain: string } {
	const at = mailbox.lastIndexOf('@');
	return { local: mailbox.slice(0, at), domain: mailbox.slice(at + 1) };
}
