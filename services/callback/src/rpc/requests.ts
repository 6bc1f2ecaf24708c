import { mostCallbacksAtOnce } from '@fefaent/contracts/callback';
import { callbackError } from '../errors.ts';
import type { CallbackStore } from '../store/port.ts';

/** The place of the delivery that a page token names. @throws DELIVERY_UNKNOWN */
export async function positionOfToken(afterId: string | undefined, store: CallbackStore): Promise<string> {
	if (afterId === undefined || afterId === '') return '';
	const position = await store.positionOf(afterId);
	if (position === undefined) throw callbackError('DELIVERY_UNKNOWN', { id: afterId });
	return position;
}

/** @throws INVALID_REQUEST for ids of notifications that are too many, or cannot be such */
export function checkIds(ids: readonly number[]): void {
	if (ids.length > mostCallbacksAtOnce)
		throw callbackError('INVALID_REQUEST', { problem: `it names at most ${mostCallbacksAtOnce} notifications` });
	if (!ids.every((id) => Number.isSafeInteger(id) && id > 0))
		throw callbackError('INVALID_REQUEST', { problem: 'an id is no positive integer' });
}
