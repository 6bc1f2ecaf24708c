import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { noSecrets } from '../domain/endpoint.ts';
import { openSecretsKeys } from './keys.ts';
import { isSealedWithOldKey, openSecrets, sealSecrets } from './seal.ts';

const secrets = { ...noSecrets, secret: 'p4ss', webhookSecret: 'whsec_x' };
const newKey = () => randomBytes(32).toString('base64');

test('a key file is made once, for its owner only, and read from then on', async () => {
	await using folder = temporaryFolder();
	const file = folder.join('keys', 'secrets.key');
	const [one, other] = await Promise.all([openSecretsKeys({ file }), openSecretsKeys({ file })]);
	expect(one.current.id.equals(other.current.id)).toBe(true);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	const sealed = sealSecrets(one, 'e1', secrets);
	expect(openSecrets(await openSecretsKeys({ file }), 'e1', sealed)).toEqual(secrets);
	expect(readFileSync(file, 'utf8')).toMatch(/^[\w+/]{43}=\n$/);
});

test('a damaged key file, or a setting that is no key, is refused and not replaced', async () => {
	await using folder = temporaryFolder();
	const file = folder.join('secrets.key');
	writeFileSync(file, 'short');
	await expect(openSecretsKeys({ file })).rejects.toMatchObject({ reason: 'SECRETS_KEY_INVALID' });
	await expect(openSecretsKeys({ file, configured: `${newKey()},x` })).rejects.toMatchObject({ reason: 'SECRETS_KEY_INVALID' });
	expect(readFileSync(file, 'utf8')).toBe('short');
});

test('what is sealed says nothing, opens for its own endpoint only, and notices any changed byte', async () => {
	const keys = await openSecretsKeys({ configured: newKey(), file: '/nowhere' });
	const sealed = Buffer.from(sealSecrets(keys, 'e1', secrets));
	expect(sealed.includes('p4ss')).toBe(false);
	expect(sealed.equals(sealSecrets(keys, 'e1', secrets))).toBe(false);
	expect(() => openSecrets(keys, 'e2', sealed)).toThrowError(expect.objectContaining({ reason: 'SECRETS_UNREADABLE' }));
	for (let index = 0; index < sealed.length; index++) {
		const spoilt = Buffer.from(sealed);
		spoilt[index] = (spoilt[index] ?? 0) ^ 1;
		expect(() => openSecrets(keys, 'e1', spoilt)).toThrowError(expect.objectContaining({ reason: 'SECRETS_UNREADABLE' }));
	}
	expect(openSecrets(keys, 'e1', new Uint8Array())).toEqual(noSecrets);
});

test('keys rotate: the first one seals, the others open', async () => {
	const [old, fresh] = [newKey(), newKey()];
	const before = await openSecretsKeys({ configured: old, file: '/nowhere' });
	const both = await openSecretsKeys({ configured: `${fresh}, ${old}`, file: '/nowhere' });
	const sealed = sealSecrets(before, 'e1', secrets);
	expect(isSealedWithOldKey(both, sealed)).toBe(true);
	const again = sealSecrets(both, 'e1', openSecrets(both, 'e1', sealed));
	expect(isSealedWithOldKey(both, again)).toBe(false);
	expect(() => openSecrets(before, 'e1', again)).toThrowError(expect.objectContaining({ reason: 'SECRETS_UNREADABLE' }));
});
