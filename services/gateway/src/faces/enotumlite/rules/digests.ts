import { shown } from '../errors.ts';
import { first, type Rule } from './rule.ts';

/** Bytes of each algorithm's digests. */
export const digestLengths: Readonly<Record<string, number>> = { 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 };

/** NOT_06: a digest whose length is not its algorithm's; without a named algorithm, of none (section 5.4 of the contract). */
export const digests: Rule = (notification) =>
	first(notification.documents, ({ name, algorithm, digest }) => {
		const { byteLength } = digest;
		if (algorithm === undefined)
			return Object.values(digestLengths).includes(byteLength)
				? undefined
				: { code: 'NOT_06', message: `El resum del document ${shown(name)} té ${byteLength} bytes: no és de cap algorisme admès` };
		const wanted = digestLengths[algorithm];
		return byteLength === wanted
			? undefined
			: {
					code: 'NOT_06',
					message: `El resum del document ${shown(name)} té ${byteLength} bytes: l’algorisme ${algorithm} en demana ${wanted}`,
				};
	});
