import { identityKey } from '@fefaent/identity';
import type { Administration } from './types.ts';

/** The bodies that the list ships with (eNotumLite contract, decision 7). */
const shipped: readonly { readonly cif: string; readonly name: string }[] = [
	{ cif: 'S0811001G', name: 'Generalitat de Catalunya' },
	{ cif: 'P0801900B', name: 'Ajuntament de Barcelona' },
	{ cif: 'P0800000B', name: 'Diputació de Barcelona' },
];

/** Makes an entry of the list. @returns undefined when the CIF is not valid, however loosely it is written */
export function toAdministrationEntry(cif: string, name: string, at: Date): Administration | undefined {
	const key = identityKey('CIF', cif);
	return key === undefined ? undefined : { key, cif: cif.toUpperCase().replace(/[\s.\-/]+/g, ''), name: name.trim(), addedAt: at };
}

/** The entries that a new directory begins with. */
export function shippedAdministrations(at: Date): readonly Administration[] {
	return shipped.map(({ cif, name }) => toAdministrationEntry(cif, name, at)).filter((entry) => entry !== undefined);
}
