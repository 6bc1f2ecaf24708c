import { checkPhone } from '@fefaent/identity';

/**
 * Whether a mailbox can be handed to a mail server. The eNotumLite contract's pattern (`[^@]+@[^\.]+\..+`) lets through what would break the
 * conversation or a header: blanks, control characters, quotes and list separators (RFC 5321, sections 4.1.2 and 4.5.3.1).
 */
export function isUsableMailbox(mailbox: string): boolean {
	const at = mailbox.lastIndexOf('@');
	const local = mailbox.slice(0, at);
	const domain = mailbox.slice(at + 1);
	if (at < 1 || Buffer.byteLength(local) > 64 || Buffer.byteLength(domain) > 255) return false;
	return (
		/^[^\s\p{C}<>()[\]\\,;:"@]+$/u.test(local) &&
		/^[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?$/u.test(domain) &&
		!/\.\./.test(domain)
	);
}

/** The mailboxes that one message goes to: each once, by its text in any case. */
export function mailboxesOf(given: readonly string[]): readonly string[] {
	return uniqueBy(
		given.map((one) => one.trim()).filter((one) => one !== ''),
		(one) => one.toLowerCase(),
	);
}

/** The telephones that messages go to: each once, in E.164 where it can be read as such, else as given. */
export function telephonesOf(given: readonly string[]): readonly string[] {
	const read = given.map((one) => {
		const check = checkPhone(one);
		return check.ok ? check.e164 : one.trim();
	});
	return uniqueBy(
		read.filter((one) => one !== ''),
		(one) => one,
	);
}

/** Whether a telephone can be handed to an SMS provider: E.164. */
export function isUsableTelephone(telephone: string): boolean {
	return /^\+[1-9][0-9]{6,14}$/.test(telephone);
}

/** The first of each key, in order. */
function uniqueBy(list: readonly string[], key: (one: string) => string): readonly string[] {
	const seen = new Set<string>();
	return list.filter((one) => {
		const known = seen.has(key(one));
		seen.add(key(one));
		return !known;
	});
}
