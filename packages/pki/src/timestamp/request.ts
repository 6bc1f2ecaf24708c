import { derNull, derTrue, objectIdentifier, octetString, sequence, unsignedInteger } from '../der.ts';
import { fail } from '../errors.ts';
import { digestNames, sha256Oid } from './digests.ts';

/** What a time-stamping authority is asked (RFC 3161 section 2.4.1). */
export interface TimeStampRequest {
	/** Digest of the data. */
	readonly digest: Uint8Array;
	/** Its algorithm. */
	readonly digestAlgorithm: 'sha256' | 'sha384' | 'sha512';
	/** Unsigned, big-endian; the answer must repeat it. */
	readonly nonce?: Uint8Array;
	/** Whether the token is to carry the authority's certificate. */
	readonly certificates: boolean;
}

/** Encodes a request for a SHA-256 digest that asks for the certificate too: signatures with time-stamps need it inside. */
export function encodeTimeStampRequest(digest: Uint8Array, nonce: Uint8Array): Uint8Array {
	const imprint = sequence(sequence(objectIdentifier(sha256Oid), derNull), octetString(digest));
	return sequence(unsignedInteger(Uint8Array.of(1)), imprint, unsignedInteger(nonce), derTrue);
}

/** Reads a request. @throws DomainError TIMESTAMP_UNREADABLE, also for digests that are not allowed */
export async function parseTimeStampRequest(der: Uint8Array): Promise<TimeStampRequest> {
	const { TimeStampReq } = await import('pkijs');
	try {
		const request = TimeStampReq.fromBER(Uint8Array.from(der).buffer);
		const digestAlgorithm = digestNames[request.messageImprint.hashAlgorithm.algorithmId];
		if (!digestAlgorithm) throw new Error('its digest algorithm is not allowed');
		return {
			digest: new Uint8Array(request.messageImprint.hashedMessage.getValue()),
			digestAlgorithm,
			certificates: request.certReq ?? false,
			...(request.nonce ? { nonce: unsigned(request.nonce.valueBlock.valueHexView) } : {}),
		};
	} catch (error) {
		throw fail('TIMESTAMP_UNREADABLE', { detail: 'request' }, { cause: error });
	}
}

/** An integer's bytes without leading zeros, so that two writings of one number compare equal. */
export function unsigned(bytes: Uint8Array): Uint8Array {
	let start = 0;
	while (start < bytes.length - 1 && bytes[start] === 0) start++;
	return Uint8Array.from(bytes.subarray(start));
}
