import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { openSigner as openLocal } from '../keys/local-signer.ts';
import type { OpenSigner } from '../keys/port.ts';

/** What a {@link openSigner} here is told. */
export interface FragileOptions {
	readonly pkcs8: Uint8Array;
	/** Each fault writes a line here first. */
	readonly journal: string;
	/** How many faults there are before it works. */
	readonly faults: number;
	/** The thread ends; the key does not sign; the key does not open; it never answers; it holds the thread. */
	readonly kind: 'die' | 'refuse' | 'closed' | 'hang' | 'spin';
	/** Faults only when this is signed for: part of the id of a signature. Default: whatever is signed. */
	readonly only?: string;
}

/** A real key in a token that fails now and then, from outside the process's view. For tests. */
export const openSigner: OpenSigner = async (description) => {
	const options = description.options as FragileOptions;
	const fails = (): boolean => {
		const before = existsSync(options.journal) ? readFileSync(options.journal, 'utf8').length : 0;
		if (before >= options.faults) return false;
		appendFileSync(options.journal, '.');
		return true;
	};
	if (options.kind === 'closed' && fails()) throw new Error('no token in the slot');
	const signer = await openLocal(description);
	return {
		...signer,
		// Asynchronous, as a key in a token or far away is.
		sign: async (data) => {
			await new Promise((resolve) => setImmediate(resolve));
			const meant = Buffer.from(data).includes(options.only ?? '');
			if (meant && options.kind === 'die' && fails()) process.exit(7);
			if (meant && options.kind === 'refuse' && fails()) throw new Error('PIN locked');
			if (meant && options.kind === 'hang' && fails()) await new Promise(() => {});
			if (meant && options.kind === 'spin' && fails()) for (;;);
			return signer.sign(data);
		},
	};
};
