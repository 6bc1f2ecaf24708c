import { DomainError } from '@fefaent/kernel';
import type { rpcErrors } from './errors.ts';
import { defaultMaxMessageBytes } from './wire.ts';

/**
 * Makes a call about a batch; where a message turns out too large for the transport, asks again with the two halves of the batch, one after the
 * other. For idempotent calls only: what the answer was too large for has been done.
 * @param call makes the call about some of the items and gives one result for each, in order
 * @returns one for each item, in order: its result, or MESSAGE_TOO_LARGE for one that is too large all alone. Nothing is asked about nothing.
 * @throws what the call throws otherwise; halves that were answered before are lost with it
 */
export async function inHalves<I, R>(
	items: readonly I[],
	call: (some: I[]) => Promise<readonly R[]>,
): Promise<readonly (R | DomainError)[]> {
	if (items.length === 0) return [];
	try {
		const results = await call([...items]);
		if (results.length !== items.length) throw new Error(`a service gave ${results.length} results for ${items.length} items`);
		return results;
	} catch (error) {
		if (!isTooLarge(error)) throw error;
		if (items.length === 1) return [error];
	}
	const half = Math.ceil(items.length / 2);
	const first = await inHalves(items.slice(0, half), call);
	return [...first, ...(await inHalves(items.slice(half), call))];
}

/**
 * What {@link inHalves} gave, for a caller that has no use for some of it.
 * @throws MESSAGE_TOO_LARGE if any item was too large
 */
export function whole<R>(results: readonly (R | DomainError)[]): readonly R[] {
	return results.map((result) => {
		if (result instanceof DomainError) throw result;
		return result;
	});
}

/**
 * Cuts a batch so that each part's message stays well within what a transport takes, in order: for calls that may not be made twice, which
 * {@link inHalves} would.
 * @param weigh bytes that an item takes in the message, see {@link weightOf}
 * @param most bytes of a part; a single item may exceed it
 */
export function byWeight<I>(items: readonly I[], weigh: (item: I) => number = weightOf, most = defaultMaxMessageBytes / 2): I[][] {
	if (items.length === 1) return [[...items]];
	const parts: I[][] = [];
	let left = 0;
	for (const item of items) {
		const weight = weigh(item);
		const part = parts.at(-1);
		if (part === undefined || weight > left) {
			parts.push([item]);
			left = most - weight;
		} else {
			part.push(item);
			left -= weight;
		}
	}
	return parts;
}

const tooLarge: keyof typeof rpcErrors = 'MESSAGE_TOO_LARGE';

/** What stands before a field or counts for a number, at most: a tag of up to three bytes, and ten of a varint or a length. */
const fieldBytes = 13;

/** Bytes that a message takes when encoded, or some more: told without encoding it. */
export function weightOf(message: unknown): number {
	if (typeof message === 'string') return fieldBytes + Buffer.byteLength(message);
	if (message instanceof Uint8Array) return fieldBytes + message.byteLength;
	// A timestamp is a message of two numbers.
	if (message instanceof Date) return 3 * fieldBytes;
	if (typeof message !== 'object' || message === null) return fieldBytes;
	let bytes = fieldBytes;
	for (const value of Object.values(message)) if (value !== undefined) bytes += weightOf(value);
	return bytes;
}

/** Whether a call failed because a message of it was too large: asked about less, it may go well. */
export function isTooLarge(error: unknown): error is DomainError {
	return error instanceof DomainError && error.reason === tooLarge;
}
