import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { OctetString } from 'asn1js';
import type * as Pkijs from 'pkijs';
import { fail } from '../errors.ts';
import type { KeyedCertificate } from '../keyed-certificate.ts';

const bag = { key: '1.2.840.113549.1.12.10.1.1', shroudedKey: '1.2.840.113549.1.12.10.1.2', certificate: '1.2.840.113549.1.12.10.1.3' };
/** PBES2 of RFC 8018; what came before it (RC2, 3DES with PKCS#12's own key derivation) protects nothing any more. */
const pbes2 = '1.2.840.113549.1.5.13';
/** SHA-1 as MAC digest is tolerated: it guards integrity under a password, no collision helps. */
const wrongIntegrity = /integrity/i;

/**
 * Reads the key, its certificate and the certificates above it from a PKCS#12 file (RFC 7292).
 * @throws DomainError of `pkiErrors`: unreadable, wrong password, old cipher, no or several keys, no certificate
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<KeyedCertificate> {
	const pkijs = await import('pkijs');
	const bags = await openSafes(pkijs, bytes, password);
	const keys = bags.flatMap((one) => privateKeyOf(one, password));
	const certificates = bags.flatMap((one) => certificateOf(pkijs, one));
	const [privateKey, ...others] = keys;
	if (!privateKey) throw fail('PKCS12_NO_KEY');
	if (others.length > 0) throw fail('PKCS12_SEVERAL_KEYS', { count: String(keys.length) });
	const own = certificates.find((one) => one.checkPrivateKey(privateKey));
	if (!own) throw fail('PKCS12_NO_CERTIFICATE');
	return { privateKey, certificate: derOf(own), chain: issuersOf(own, certificates).map(derOf) };
}

async function openSafes(pkijs: typeof Pkijs, bytes: Uint8Array, password: string): Promise<Pkijs.SafeBag[]> {
	const secret = new TextEncoder().encode(password).buffer as ArrayBuffer;
	const pfx = readable(() => pkijs.PFX.fromBER(Uint8Array.from(bytes).buffer));
	try {
		await pfx.parseInternalValues({ password: secret, checkIntegrity: true });
	} catch (error) {
		if (error instanceof Error && wrongIntegrity.test(error.message) && pfx.macData) throw fail('PKCS12_PASSWORD_WRONG');
		throw fail('PKCS12_UNREADABLE', { detail: 'its integrity cannot be checked with a password' }, { cause: error });
	}
	const bags: Pkijs.SafeBag[] = [];
	for (const info of pfx.parsedValue?.authenticatedSafe?.safeContents ?? []) {
		const contents = await contentsOf(pkijs, info, secret);
		bags.push(...readable(() => pkijs.SafeContents.fromBER(contents)).safeBags);
	}
	return bags;
}

async function contentsOf(pkijs: typeof Pkijs, info: Pkijs.ContentInfo, password: ArrayBuffer): Promise<ArrayBuffer> {
	if (info.contentType === pkijs.ContentInfo.DATA) return (info.content as OctetString).getValue();
	if (info.contentType !== pkijs.ContentInfo.ENCRYPTED_DATA)
		throw fail('PKCS12_UNREADABLE', { detail: 'it is not protected by a password' });
	const encrypted = readable(() => new pkijs.EncryptedData({ schema: info.content }));
	const algorithm = encrypted.encryptedContentInfo.contentEncryptionAlgorithm.algorithmId;
	if (algorithm !== pbes2) throw fail('PKCS12_OLD_CIPHER', { algorithm });
	try {
		return await encrypted.decrypt({ password });
	} catch (error) {
		throw fail('PKCS12_UNREADABLE', { detail: 'its certificates cannot be decrypted' }, { cause: error });
	}
}

function privateKeyOf(one: Pkijs.SafeBag, password: string): KeyObject[] {
	if (one.bagId !== bag.key && one.bagId !== bag.shroudedKey) return [];
	const key = Buffer.from((one.bagValue as Pkijs.PrivateKeyInfo | Pkijs.PKCS8ShroudedKeyBag).toSchema().toBER());
	const protection = one.bagId === bag.shroudedKey ? { passphrase: password } : {};
	try {
		return [createPrivateKey({ key, format: 'der', type: 'pkcs8', ...protection })];
	} catch (error) {
		throw fail('PKCS12_UNREADABLE', { detail: 'its private key cannot be decrypted' }, { cause: error });
	}
}

function certificateOf(pkijs: typeof Pkijs, one: Pkijs.SafeBag): X509Certificate[] {
	if (one.bagId !== bag.certificate || !(one.bagValue instanceof pkijs.CertBag)) return [];
	const value = one.bagValue.certValue as OctetString;
	return [readable(() => new X509Certificate(Buffer.from(value.getValue())))];
}

/** Issuer of `own`, its issuer, and so on, as far as the file goes. */
function issuersOf(own: X509Certificate, all: readonly X509Certificate[]): X509Certificate[] {
	const chain = [own];
	for (let last: X509Certificate | undefined = own; last; ) {
		const child: X509Certificate = last;
		last = all.find((one) => child.checkIssued(one) && !chain.some((seen) => seen.fingerprint256 === one.fingerprint256));
		if (last) chain.push(last);
	}
	return chain.slice(1);
}

const derOf = (certificate: X509Certificate): Uint8Array => new Uint8Array(certificate.raw);

function readable<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw fail('PKCS12_UNREADABLE', { detail: 'its structure is wrong' }, { cause: error });
	}
}
