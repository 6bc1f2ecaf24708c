import type { IncomingMessage } from 'node:http';
import type { Share } from './budget.ts';
import { ConnectionLost, HttpRefusal } from './refusal.ts';

/**
 * Reads a whole body while counting: neither a wrong Content-Length nor a chunked body gets further than the bounds.
 * @param maxBytes largest body
 * @param share what its bytes are taken from
 * @throws HttpRefusal 413, 415, 503; ConnectionLost
 */
export function readBody(request: IncomingMessage, maxBytes: number, share: Share): Promise<Uint8Array> {
	const encoding = request.headers['content-encoding'];
	// Inflating would undo the bounds, and no client of the contract asks for it.
	if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
		return Promise.reject(new HttpRefusal('content-encoding', 'content encodings are not taken'));
	const length = request.headers['content-length'];
	if (length !== undefined && Number(length) > maxBytes) return Promise.reject(tooLarge(maxBytes));
	return new Promise((resolve, reject) => {
		const chunks: Uint8Array[] = [];
		let size = 0;
		const end = (settle: () => void) => {
			request.off('data', onData).off('end', onEnd).off('close', onLost).off('error', onLost);
			settle();
		};
		const onData = (chunk: Buffer) => {
			size += chunk.byteLength;
			if (size > maxBytes) end(() => reject(tooLarge(maxBytes)));
			else if (!share.take(chunk.byteLength)) end(() => reject(new HttpRefusal('busy', 'too many bytes are under way')));
			else chunks.push(chunk);
		};
		const onEnd = () => end(() => resolve(chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks, size)));
		const onLost = () => end(() => reject(new ConnectionLost('the caller went away')));
		if (request.destroyed) return reject(new ConnectionLost('the caller went away'));
		request.on('data', onData).on('end', onEnd).on('close', onLost).on('error', onLost);
	});
}

function tooLarge(maxBytes: number): HttpRefusal {
	return new HttpRefusal('too-large', `the body is larger than ${maxBytes} bytes`);
}

/**
 * Lets the rest of an unread body run off, so that the caller finds the answer and not a reset connection; one that goes on for too
 * long is cut. How long it may take is bounded by the server's own time-out for requests.
 */
export function discardRest(request: IncomingMessage, maxBytes: number): void {
	if (request.complete || request.destroyed) return;
	let size = 0;
	request.on('data', (chunk: Buffer) => {
		size += chunk.byteLength;
		if (size > maxBytes) request.socket.destroy();
	});
	request.on('error', () => {});
	request.resume();
}
