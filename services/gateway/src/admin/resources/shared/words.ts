import { z } from 'zod';

/** `STATE_DEPOSITED` of the contract is `deposited` of the API. */
export type Word<P extends string, T extends string> = T extends `${P}${infer Rest}`
	? Rest extends 'UNSPECIFIED'
		? never
		: Lowercase<Rest>
	: never;

/** The words of the API for an enumeration of the contracts, both ways. */
export interface Words<P extends string, T extends string> {
	/** Takes and answers the words. */
	readonly schema: z.ZodEnum<{ readonly [W in Word<P, T>]: W }>;
	/** @throws TypeError for a word that the schema does not take */
	toCore(word: Word<P, T>): T;
	/** @returns undefined for what is unspecified, or newer than this version */
	toWord(value: T): Word<P, T> | undefined;
}

/**
 * Makes the words of an enumeration.
 * @param prefix what each of its values begins with, such as `STATE_`
 */
export function wordsOf<const P extends string, T extends string>(prefix: P, values: Readonly<Record<string, T>>): Words<P, T> {
	const byWord = new Map<string, T>();
	for (const value of Object.values(values)) {
		if (value.startsWith(prefix) && value !== `${prefix}UNSPECIFIED`) byWord.set(value.slice(prefix.length).toLowerCase(), value);
	}
	const byValue = new Map([...byWord].map(([word, value]) => [value, word as Word<P, T>]));
	return {
		schema: z.enum([...byWord.keys()]) as unknown as Words<P, T>['schema'],
		toCore: (word) => {
			const value = byWord.get(word);
			if (value === undefined) throw new TypeError(`${word} is no word for ${prefix}`);
			return value;
		},
		toWord: (value) => byValue.get(value),
	};
}
