import { type Identity, IdentityScheme, type Recipient } from '@fefaent/contracts/common';
import { checkIdentity, type IdentityScheme as Scheme } from '@fefaent/identity';

const schemes: ReadonlyMap<IdentityScheme, Scheme> = new Map([
	[IdentityScheme.NIF, 'NIF'],
	[IdentityScheme.PASSPORT, 'PASSPORT'],
	[IdentityScheme.CIF, 'CIF'],
	[IdentityScheme.VAT, 'VAT'],
	[IdentityScheme.OTHER, 'OTHER'],
]);

/** The name of a scheme as people write it; undefined for none. */
export function schemeOf(identity: Identity): Scheme | undefined {
	return schemes.get(identity.scheme);
}

/** What a document is matched by, whatever its writing; undefined when it is no valid document. */
export function keyOf(identity: Identity): string | undefined {
	const scheme = schemeOf(identity);
	const check = scheme && checkIdentity(scheme, identity.value);
	return check?.ok ? check.key : undefined;
}

/** The documents that stand for a recipient: its own, and its representative's. */
export function documentsOf({ party }: Recipient): readonly Identity[] {
	switch (party?.$case) {
		case 'natural':
		case 'collective':
			return present(party.value.identity);
		case 'legal':
			return [...present(party.value.identity), ...present(party.value.representative?.identity)];
		default:
			return [];
	}
}

/**
 * The one recipient that documents name: each document that is given must be one of that recipient's. Without any, the only recipient there is
 * (eNotumLite contract, decision 8, PRC_01).
 * @returns its position; undefined when the documents name none, or more than one
 */
export function recipientNamed(recipients: readonly Recipient[], given: readonly Identity[]): number | undefined {
	if (given.length === 0) return recipients.length === 1 ? 0 : undefined;
	const wanted = given.map(keyOf);
	const named = recipients.flatMap((recipient, index) => {
		const keys = new Set(documentsOf(recipient).map(keyOf));
		return wanted.every((key) => key !== undefined && keys.has(key)) ? [index] : [];
	});
	return named.length === 1 ? named[0] : undefined;
}

function present(identity: Identity | undefined): readonly Identity[] {
	return identity === undefined ? [] : [identity];
}
