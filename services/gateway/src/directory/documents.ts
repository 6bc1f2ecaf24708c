import type { Administration, Credential, Issuer } from './types.ts';

/** A document as it is stored: JSON, instants as ISO 8601. */
export function toDocument(value: Issuer | Credential | Administration): string {
	return JSON.stringify(value);
}

/** Reads a stored issuer. */
export function toIssuer(document: string): Issuer {
	const stored = JSON.parse(document) as Omit<Issuer, 'createdAt'> & { createdAt: string };
	return { ...stored, createdAt: new Date(stored.createdAt) };
}

/** Reads a stored credential. */
export function toCredential(document: string): Credential {
	const { createdAt, revokedAt, lastUsedAt, ...stored } = JSON.parse(document) as Omit<
		Credential,
		'createdAt' | 'revokedAt' | 'lastUsedAt'
	> & {
		createdAt: string;
		revokedAt?: string;
		lastUsedAt?: string;
	};
	return {
		...stored,
		createdAt: new Date(createdAt),
		...(revokedAt === undefined ? {} : { revokedAt: new Date(revokedAt) }),
		...(lastUsedAt === undefined ? {} : { lastUsedAt: new Date(lastUsedAt) }),
	};
}

/** Reads a stored administration. */
export function toAdministration(document: string): Administration {
	const stored = JSON.parse(document) as Omit<Administration, 'addedAt'> & { addedAt: string };
	return { ...stored, addedAt: new Date(stored.addedAt) };
}
