import { createPrivateKey } from 'node:crypto';
import { createTokenMinter } from '@fefaent/pki';
import type { AuthorityDescription, TimeStampAuthority } from './port.ts';

/** The test authority of this installation: mints its tokens here, with the environment's time. */
export function builtInAuthority(description: AuthorityDescription & { kind: 'built-in' }, now: () => Date): TimeStampAuthority {
	const privateKey = createPrivateKey({ key: Buffer.from(description.pkcs8), format: 'der', type: 'pkcs8' });
	// Its own authority stays out of the tokens: who verifies brings it.
	const mint = createTokenMinter({ authority: { privateKey, certificate: description.certificate, chain: [] }, now });
	return {
		stamp: async (digests) => digests.map((digest) => mint(digest)),
		close: async () => {},
	};
}
