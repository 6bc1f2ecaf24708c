import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isLoopbackAddress } from '@fefaent/service-kit';
import { readApiKey } from '../directory/api-key.ts';
import type { DirectoryReader } from '../directory/reader.ts';
import type { Credential } from '../directory/types.ts';
import { HttpRefusal } from '../http/refusal.ts';
import type { Caller } from './caller.ts';
import { givenKey } from './headers.ts';
import { notPlainlyLocal } from './loopback.ts';

/** What authentication needs. */
export interface AuthenticatorDeps {
	readonly directory: Pick<DirectoryReader, 'credential' | 'certificate'>;
	/** Whether callers on loopback need no key. */
	readonly openLoopback: boolean;
	/** Whether client certificates must also come from an authority that the TLS listener was given. */
	readonly certificatesMustChain: boolean;
	/** Told of every use of a credential. */
	readonly used: (credential: Credential) => void;
}

/**
 * Makes the function that says who calls: by API key, else by client certificate, else, where that is allowed, because it calls from the
 * machine itself, plainly (without TLS, and see {@link notPlainlyLocal}). A key that is given and wrong is refused whatever else would let the caller in.
 * The function rejects with HttpRefusal 401, the same for an unknown, a wrong and a revoked credential.
 */
export function authenticator(deps: AuthenticatorDeps): (request: IncomingMessage) => Promise<Caller> {
	return async (request) => {
		const key = givenKey(request.headers);
		const credential = key === undefined ? await byCertificate(deps, request) : await byKey(deps, key);
		if (credential) {
			deps.used(credential);
			return { kind: 'credential', credentialId: credential.id, issuers: credential.issuers };
		}
		if (key !== undefined) throw new HttpRefusal('unauthenticated', 'the credential is not valid');
		// Who comes by TLS came to prove itself: a certificate that is unknown or revoked must not let in further than a right one.
		if (!deps.openLoopback || isEncrypted(request) || !isLoopbackAddress(request.socket.remoteAddress))
			throw new HttpRefusal('unauthenticated', 'no credential was given');
		const problem = notPlainlyLocal(request.headers);
		if (problem !== undefined) throw new HttpRefusal('not-local', problem);
		return { kind: 'loopback' };
	};
}

function isEncrypted({ socket }: IncomingMessage): boolean {
	return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Equals no digest of a secret that anyone could find. */
const nobody = '0'.repeat(64);

async function byKey({ directory }: AuthenticatorDeps, key: string): Promise<Credential | undefined> {
	const given = readApiKey(key);
	if (!given) return undefined;
	const credential = await directory.credential(given.id);
	const usable = credential?.kind === 'api-key' && credential.revokedAt === undefined ? credential : undefined;
	// Compared also when there is nothing to compare with, so that time does not tell which ids exist.
	return timingSafeEqual(Buffer.from(given.digest), Buffer.from(usable?.digest ?? nobody)) ? usable : undefined;
}

async function byCertificate(
	{ directory, certificatesMustChain }: AuthenticatorDeps,
	request: IncomingMessage,
): Promise<Credential | undefined> {
	const socket = request.socket as Partial<TLSSocket>;
	if (!socket.encrypted || !socket.getPeerX509Certificate) return undefined;
	if (certificatesMustChain && !socket.authorized) return undefined;
	const certificate = socket.getPeerX509Certificate();
	if (!certificate) return undefined;
	// The machine's own time: certificates are of the world outside, which a sandbox clock does not move.
	const now = new Date();
	if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) return undefined;
	// The handshake proved that the caller has its key; the fingerprint says whose it is.
	return directory.certificate(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
}
