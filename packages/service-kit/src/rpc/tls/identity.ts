import { X509Certificate } from 'node:crypto';
import type { ServerUnaryCall } from '@grpc/grpc-js';

/** What services are called: what may stand in a certificate and be compared as text. */
const serviceName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a certificate is of the service of that name: a DNS name of its alternative names, or the common name where it has none (RFC 6125). */
export function isOf(certificate: X509Certificate, name: string): boolean {
	return serviceName.test(name) && certificate.checkHost(name, { wildcards: false }) !== undefined;
}

/** Names that connections have proved, so that a certificate is not read again for every call: reading it takes 0.1 ms. */
const proved = new WeakMap<object, string>();

/**
 * Whether the certificate of a call's connection is of the service of that name. The connection has been refused already where no authority of ours
 * vouches for the certificate.
 */
export function proves(call: ServerUnaryCall<unknown, unknown>, name: string): boolean {
	const connection = connectionOf(call);
	if (connection !== undefined && proved.get(connection) === name) return true;
	const raw = call.getAuthContext().sslPeerCertificate?.raw;
	if (raw === undefined || !isOf(new X509Certificate(raw), name)) return false;
	if (connection !== undefined) proved.set(connection, name);
	return true;
}

/**
 * The HTTP/2 session that a call came by, which the library does not show. It serves to remember by only: where another version of the library keeps it
 * elsewhere, every call reads the certificate.
 */
function connectionOf(call: object): object | undefined {
	const session: unknown = (call as { readonly call?: { readonly stream?: { readonly session?: unknown } } }).call?.stream?.session;
	return typeof session === 'object' && session !== null ? session : undefined;
}
