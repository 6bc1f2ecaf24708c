import { hash, randomBytes } from 'node:crypto';

const text = /^fef_([0-9a-f]{16})_([\w-]{43})$/;

/** A new API key: its text, to be shown once, and what is kept of it. */
export interface NewApiKey {
	readonly id: string;
	/** `fef_<id>_<secret>`. */
	readonly key: string;
	/** SHA-256 of the secret, in hexadecimal. A fast hash is enough: the secret has 256 random bits. */
	readonly digest: string;
}

/** Makes an API key. */
export function newApiKey(): NewApiKey {
	const id = newCredentialId();
	const secret = randomBytes(32).toString('base64url');
	return { id, key: `fef_${id}_${secret}`, digest: hash('sha256', secret, 'hex') };
}

/** A new credential's id: 64 random bits in hexadecimal. */
export function newCredentialId(): string {
	return randomBytes(8).toString('hex');
}

/** Takes an API key's text apart. @returns undefined when it is none */
export function readApiKey(key: string): { readonly id: string; readonly digest: string } | undefined {
	const [, id, secret] = text.exec(key) ?? [];
	return id === undefined || secret === undefined ? undefined : { id, digest: hash('sha256', secret, 'hex') };
}
