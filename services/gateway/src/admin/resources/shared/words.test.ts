import { State } from '@fefaent/contracts/notification';
import { expect, test } from 'vitest';
import { words } from './vocabulary.ts';
import { wordsOf } from './words.ts';

test('the words of an enumeration are its names without the prefix', () => {
	expect(words.state.schema.options).toEqual(['entered', 'deposited', 'accepted', 'rejected', 'expired', 'failed', 'discarded']);
	expect(words.state.toCore('deposited')).toBe(State.DEPOSITED);
	expect(words.state.toWord(State.DEPOSITED)).toBe('deposited');
});

test('what is unspecified, or newer than this version, has no word', () => {
	expect(words.state.toWord(State.UNSPECIFIED)).toBeUndefined();
	expect(words.state.toWord(State.UNRECOGNIZED)).toBeUndefined();
});

test.each(Object.entries(words))('%s goes there and back', (_, one) => {
	expect(one.schema.options.length).toBeGreaterThan(1);
	for (const word of one.schema.options) expect(one.toWord(one.toCore(word as never) as never)).toBe(word);
});

test('a word that is none is a defect of the caller', () => {
	const one = wordsOf('X_', { A: 'X_A' });
	expect(() => one.toCore('b' as 'a')).toThrow(TypeError);
});
