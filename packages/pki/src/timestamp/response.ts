import { childrenOf, nodeAt, sequence, tlv, unsignedInteger } from '../der.ts';
import { fail } from '../errors.ts';

/** What a time-stamping authority answered (RFC 3161 section 2.4.2). */
export type TimeStampResponse =
	| { readonly granted: true; readonly token: Uint8Array }
	| { readonly granted: false; readonly status: number; readonly text: string };

/** Reads an answer; the token in it is not checked. @throws DomainError TIMESTAMP_UNREADABLE */
export async function parseTimeStampResponse(der: Uint8Array): Promise<TimeStampResponse> {
	const { TimeStampResp } = await import('pkijs');
	try {
		const { status, timeStampToken } = TimeStampResp.fromBER(Uint8Array.from(der).buffer);
		// granted, or granted with modifications: what was modified shows when the token is checked.
		if (status.status > 1) {
			const text = (status.statusStrings ?? []).map((one) => one.valueBlock.value).join('; ');
			return { granted: false, status: status.status, text: text.slice(0, 200) };
		}
		if (!timeStampToken) throw new Error('granted without a token');
		return { granted: true, token: tokenBytes(der) };
	} catch (error) {
		throw fail('TIMESTAMP_UNREADABLE', { detail: 'response' }, { cause: error });
	}
}

/** Encodes the answer that carries a token. */
export function encodeGrantedResponse(token: Uint8Array): Uint8Array {
	return sequence(sequence(unsignedInteger(Uint8Array.of(0))), token);
}

/** Encodes a refusal. @param text why, for people */
export function encodeRejectedResponse(text: string): Uint8Array {
	const rejection = 2;
	return sequence(sequence(unsignedInteger(Uint8Array.of(rejection)), sequence(tlv(0x0c, Buffer.from(text, 'utf8')))));
}

/** The token as it was sent, byte for byte: what is signed must not be encoded anew. */
function tokenBytes(response: Uint8Array): Uint8Array {
	const [, token] = childrenOf(response, nodeAt(response, 0));
	if (!token) throw new Error('no token');
	return Uint8Array.from(response.subarray(token.start, token.end));
}
