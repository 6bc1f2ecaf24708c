import { expect, it } from 'vitest';
import { CommandFailure } from '../failure.ts';
import { patiently } from './patience.ts';

const failing = (times: number, failure: Error) => {
	let calls = 0;
	return {
		act: async () => {
			if (++calls <= times) throw failure;
			return calls;
		},
		calls: () => calls,
	};
};
const away = new CommandFailure('it is away', 1, { passing: true });

it('does again what fails of something that passes, and says so once', async () => {
	const said: string[] = [];
	const { act } = failing(2, away);
	expect(await patiently({ seconds: 20, say: (line) => said.push(line) }, act)).toBe(3);
	expect(said).toEqual(['- it is away: trying again']);
});

it('gives up when it lasts, with the failure itself', async () => {
	const { act } = failing(Infinity, away);
	await expect(patiently({ seconds: 0.1, say: () => {} }, act)).rejects.toBe(away);
});

it.each([
	['is refused', new CommandFailure('wrong', 1)],
	['is a mistake of the program', new TypeError('wrong')],
])('does not do again what %s', async (_, failure) => {
	const { act, calls } = failing(Infinity, failure);
	await expect(patiently({ seconds: 20, say: () => {} }, act)).rejects.toBe(failure);
	expect(calls()).toBe(1);
});
