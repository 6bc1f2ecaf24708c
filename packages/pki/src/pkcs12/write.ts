import { createHash } from 'node:crypto';
import type * as Asn1 from 'asn1js';
import type * as Pkijs from 'pkijs';
import type { KeyedCertificate } from '../keyed-certificate.ts';

/** Rounds of PBKDF2 and of the key derivation of the MAC; OpenSSL 3 does 2,048. */
const iterations = 10_000;
const bag = { shroudedKey: '1.2.840.113549.1.12.10.1.2', certificate: '1.2.840.113549.1.12.10.1.3', x509: '1.2.840.113549.1.9.22.1' };
const attribute = { localKeyId: '1.2.840.113549.1.9.21' };

/**
 * Writes a PKCS#12 file (RFC 7292): AES-256-CBC under PBES2 and a SHA-256 MAC, as OpenSSL 3 does by default.
 * @param password protects key, certificates and integrity alike
 */
export async function writePkcs12(content: KeyedCertificate, password: string): Promise<Uint8Array> {
	const pkijs = await import('pkijs');
	const asn1js = await import('asn1js');
	const secret = new TextEncoder().encode(password).buffer as ArrayBuffer;
	const protection = {
		password: secret,
		contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 },
		hmacHashAlgorithm: 'SHA-256',
		iterationCount: iterations,
	};
	// Ties the key to its certificate, as other readers expect.
	const keyId = createHash('sha256').update(content.certificate).digest().subarray(0, 20);
	const link = () => [new pkijs.Attribute({ type: attribute.localKeyId, values: [new asn1js.OctetString({ valueHex: bufferOf(keyId) })] })];
	const shrouded = new pkijs.PKCS8ShroudedKeyBag({
		parsedValue: pkijs.PrivateKeyInfo.fromBER(bufferOf(content.privateKey.export({ format: 'der', type: 'pkcs8' }))),
	});
	await shrouded.makeInternalValues(protection);
	const certificates = [content.certificate, ...content.chain].map(
		(der, index) =>
			new pkijs.SafeBag({
				bagId: bag.certificate,
				bagValue: certificateBag(pkijs, asn1js, der),
				...(index === 0 ? { bagAttributes: link() } : {}),
			}),
	);
	const authenticatedSafe = new pkijs.AuthenticatedSafe({
		parsedValue: {
			safeContents: [
				{
					privacyMode: 0,
					value: new pkijs.SafeContents({
						safeBags: [new pkijs.SafeBag({ bagId: bag.shroudedKey, bagValue: shrouded, bagAttributes: link() })],
					}),
				},
				{ privacyMode: 1, value: new pkijs.SafeContents({ safeBags: certificates }) },
			],
		},
	});
	await authenticatedSafe.makeInternalValues({ safeContents: [{}, protection] });
	const pfx = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
	await pfx.makeInternalValues({ password: secret, iterations, pbkdf2HashAlgorithm: { name: 'SHA-256' }, hmacHashAlgorithm: 'SHA-256' });
	return new Uint8Array(pfx.toSchema().toBER(false));
}

function certificateBag(pkijs: typeof Pkijs, asn1js: typeof Asn1, der: Uint8Array): Pkijs.CertBag {
	return new pkijs.CertBag({ certId: bag.x509, certValue: new asn1js.OctetString({ valueHex: bufferOf(der) }) });
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
