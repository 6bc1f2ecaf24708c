import { createPrivateKey, sign } from 'node:crypto';
import type { OpenSigner } from './port.ts';

/** Opens a key whose PKCS#8 bytes were handed over. */
export const openSigner: OpenSigner = async ({ certificate, chain, algorithm, options }) => {
	const { pkcs8 } = options as { readonly pkcs8: Uint8Array };
	const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
	return { certificate, chain, algorithm, sign: (data) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }) };
};
