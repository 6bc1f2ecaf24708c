import { describe, expect, it } from 'vitest';
import { isUsableMailbox, isUsableTelephone, mailboxesOf, telephonesOf } from './addresses.ts';

describe('isUsableMailbox', () => {
	it.each(['maria.puig@example.org', "o'neil+avis@sub.example.cat", 'bústia@exàmple.cat', 'a_b=c/d@x.y'])('%s', (mailbox) =>
		expect(isUsableMailbox(mailbox)).toBe(true),
	);
	it.each([
		'a@b.c\r\nRCPT TO:<x@y.z>',
		'a b@c.d',
		'<a@b.c>',
		'a@b.c>',
		'a,b@c.d',
		'"a"@b.c',
		'a@b..c',
		'a@-b.c',
		'a@',
		'ajuntament',
		'',
		'@b.c',
		'a@b@c.d',
		`${'x'.repeat(65)}@b.c`,
		'a\0@b.c',
	])('%j is not', (mailbox) => expect(isUsableMailbox(mailbox)).toBe(false));
});

it('writes to each mailbox once', () => {
	expect(mailboxesOf([' Maria@example.org', 'maria@Example.org', '', 'pere@example.org'])).toEqual([
		'Maria@example.org',
		'pere@example.org',
	]);
});

it('calls each telephone once, in E.164', () => {
	const numbers = telephonesOf(['600 000 000', '+34600000000', '0034 600-000-001', 'no number']);
	expect(numbers).toEqual(['+34600000000', '+34600000001', 'no number']);
	expect(numbers.map(isUsableTelephone)).toEqual([true, true, false]);
});
