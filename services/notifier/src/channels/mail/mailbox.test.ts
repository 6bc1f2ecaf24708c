import { describe, expect, it } from 'vitest';
import { mailboxForm, sameMailbox, writtenMailbox } from './mailbox.ts';

describe('a mailbox', () => {
	it.each([
		['maria@example.org', 'plain', 'maria@example.org'],
		["o'neil+x@Example.ORG", 'plain', "o'neil+x@example.org"],
		['pere@jõgeva.example', 'plain', 'pere@xn--jgeva-dua.example'],
		['josé@example.org', 'international', 'josé@example.org'],
		['josé@JÕGEVA.example', 'international', 'josé@xn--jgeva-dua.example'],
		['maria@xn--iñvalid.com', 'unwritable', 'maria@xn--iñvalid.com'],
	] as const)('%s is %s, written %s', (mailbox, form, written) => {
		expect([mailboxForm(mailbox), writtenMailbox(mailbox)]).toEqual([form, written]);
	});

	it.each([
		['Maria@example.org', 'maria@EXAMPLE.org', true],
		['pere@jõgeva.example', 'pere@xn--jgeva-dua.example', true],
		['jose@example.org', 'josé@example.org', false],
	])('%s and %s: the same is %s', (one, other, same) => {
		expect(sameMailbox(one, other)).toBe(same);
	});
});
