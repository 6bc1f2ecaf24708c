import { createHash, randomBytes } from 'node:crypto';
import { createFile, readIfThere } from '@fefaent/files';
import { crashpoint } from '@fefaent/kernel';
import { callbackError } from '../errors.ts';

/** A key that secrets are encrypted with. */
export interface SecretsKey {
	/** Names it inside what it sealed: the first 8 bytes of its SHA-256. */
	readonly id: Buffer;
	/** 32 bytes: AES-256. */
	readonly bytes: Buffer;
}

/** The keys at hand. A key management service fits behind it. */
export interface SecretsKeys {
	/** Seals. */
	readonly current: SecretsKey;
	/** The key that sealed something, undefined when it is not at hand. */
	find(id: Uint8Array): SecretsKey | undefined;
}

/** Where keys come from. */
export interface SecretsKeysOptions {
	/** `FEFAENT_CALLBACK_SECRETS_KEY`: one or several in base64, separated by commas; the first one seals. */
	readonly configured?: string | undefined;
	/** Where the key lies when none is configured; made on first use, readable by its owner only. */
	readonly file: string;
}

/** Reads the keys, making one when there is none. @throws SECRETS_KEY_INVALID */
export async function openSecretsKeys({ configured, file }: SecretsKeysOptions): Promise<SecretsKeys> {
	const written = configured === undefined || configured === '' ? await keyOfFile(file) : configured;
	const keys = written.split(',').map((one) => keyOf(one.trim()));
	const [current] = keys;
	if (current === undefined) throw callbackError('SECRETS_KEY_INVALID');
	return { current, find: (id) => keys.find((key) => key.id.equals(id)) };
}

function keyOf(base64: string): SecretsKey {
	const bytes = Buffer.from(base64, 'base64');
	if (bytes.length !== 32 || !/^[A-Za-z0-9+/]{43}=$/.test(base64)) throw callbackError('SECRETS_KEY_INVALID');
	return { id: createHash('sha256').update(bytes).digest().subarray(0, 8), bytes };
}

/** A key must never be there in part, and never be replaced: of several processes one makes it, and all read that one. */
async function keyOfFile(file: string): Promise<string> {
	const read = async () => (await readIfThere(file))?.toString('utf8').trim();
	const found = await read();
	if (found !== undefined) return found;
	await createFile(file, `${randomBytes(32).toString('base64')}\n`, {
		beforeNamed: () => crashpoint('callback.secrets-key.before'),
		afterNamed: () => crashpoint('callback.secrets-key.after'),
	});
	return (await read()) ?? '';
}
