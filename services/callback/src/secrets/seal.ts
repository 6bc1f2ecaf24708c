import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EndpointSecretSet } from '../domain/endpoint.ts';
import { noSecrets } from '../domain/endpoint.ts';
import { callbackError } from '../errors.ts';
import type { SecretsKeys } from './keys.ts';

// version (1) | key id (8) | nonce (12) | tag (16) | ciphertext
const version = 1;
const at = { key: 1, nonce: 9, tag: 21, content: 37 } as const;

/** Encrypts an endpoint's secrets by AES-256-GCM, bound to the endpoint: they are of no use in the row of another one. */
export function sealSecrets(keys: SecretsKeys, endpointId: string, secrets: EndpointSecretSet): Uint8Array {
	const { current } = keys;
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', current.bytes, nonce).setAAD(Buffer.from(endpointId, 'utf8'));
	const content = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
	return Buffer.concat([Buffer.from([version]), current.id, nonce, cipher.getAuthTag(), content]);
}

/** Decrypts what {@link sealSecrets} made; nothing when nothing was sealed. @throws SECRETS_UNREADABLE */
export function openSecrets(keys: SecretsKeys, endpointId: string, sealed: Uint8Array): EndpointSecretSet {
	if (sealed.byteLength === 0) return noSecrets;
	const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
	const key = keys.find(bytes.subarray(at.key, at.nonce));
	if (bytes[0] !== version || key === undefined) throw callbackError('SECRETS_UNREADABLE', { id: endpointId });
	try {
		const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(at.nonce, at.tag), { authTagLength: 16 })
			.setAAD(Buffer.from(endpointId, 'utf8'))
			.setAuthTag(bytes.subarray(at.tag, at.content));
		const text = Buffer.concat([decipher.update(bytes.subarray(at.content)), decipher.final()]).toString('utf8');
		// Authentic, so it is what we wrote.
		return { ...noSecrets, ...(JSON.parse(text) as Partial<EndpointSecretSet>) };
	} catch {
		throw callbackError('SECRETS_UNREADABLE', { id: endpointId });
	}
}

/** Whether something was sealed with a key that no longer is the current one. */
export function isSealedWithOldKey(keys: SecretsKeys, sealed: Uint8Array): boolean {
	return sealed.byteLength > 0 && !keys.current.id.equals(sealed.subarray(at.key, at.nonce));
}
