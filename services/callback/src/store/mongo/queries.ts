import { DeliveryState } from '@fefaent/contracts/callback';
import type { DeliveryQuery, GiveUp, RedriveQuery } from '../port.ts';
import { positionOf, stateNumber, stateNumbers } from './documents.ts';
import { keys } from './schema.ts';

/** What is looked for, and by which index. */
export interface Question {
	readonly filter: Readonly<Record<string, unknown>>;
	readonly hint: Readonly<Record<string, 1>>;
}

/** Pending: those have an instant at which they are due. */
const pending = { dueAt: { $exists: true } };

/** What is due at an endpoint. */
export function dueAt(endpointId: string, now: Date): Question {
	return { filter: { endpointId, dueAt: { $lte: now } }, hint: keys.queue };
}

/** What is pending at an endpoint about notifications. */
export function lanesOf(endpointId: string, notificationIds: readonly number[]): Question {
	return { filter: { notificationId: { $in: notificationIds }, endpointId, ...pending }, hint: keys.lane };
}

/** What is pending about notifications. */
export function pendingAbout(notificationIds: readonly number[]): Question {
	return { filter: { notificationId: { $in: notificationIds }, ...pending }, hint: keys.lane };
}

/** What is pending at an endpoint, all or what has been due for long. */
export function pendingOf({ endpointId, dueUntil }: Pick<GiveUp, 'endpointId' | 'dueUntil'>): Question {
	return { filter: { endpointId, ...(dueUntil ? { dueAt: { $lte: dueUntil } } : pending) }, hint: keys.queue };
}

/** What a page of the log holds, to be read in the order of recording. The narrowest condition decides by which index it is found. */
export function listed({ notificationIds, endpointId, state, afterPosition }: Omit<DeliveryQuery, 'limit'>): Question {
	const ofEndpoint = endpointId === '' ? {} : { endpointId };
	const ofState = { state: state === undefined ? { $in: stateNumbers } : stateNumber(state) };
	const position = { $gt: positionOf(afterPosition) };
	if (notificationIds.length > 0) {
		const filter = { notificationId: { $in: notificationIds }, ...ofEndpoint, ...(state !== undefined && ofState), position };
		return { filter, hint: keys.ofNotification };
	}
	return { filter: { ...ofEndpoint, ...ofState, position }, hint: endpointId === '' ? keys.ofState : keys.ofEndpoint };
}

/** What was exhausted by an instant, for each field that names some. */
export function exhausted({ ids, endpointId, notificationIds, afterPosition }: RedriveQuery, now: Date): readonly Question[] {
	const rest = { state: stateNumber(DeliveryState.EXHAUSTED), settledAt: { $lte: now }, position: { $gt: positionOf(afterPosition) } };
	return [
		...(ids.length > 0 ? [{ filter: { _id: { $in: ids }, ...rest }, hint: keys.id }] : []),
		...(endpointId === '' ? [] : [{ filter: { endpointId, ...rest }, hint: keys.ofEndpoint }]),
		...(notificationIds.length > 0 ? [{ filter: { notificationId: { $in: notificationIds }, ...rest }, hint: keys.ofNotification }] : []),
	];
}

/** What was settled before an instant. */
export function settledBefore(before: Date): Question {
	return { filter: { settledAt: { $lt: before } }, hint: keys.settled };
}

/** Of all endpoints. The lower bound makes it a question that the index of the queue answers, from endpoint to endpoint. */
export const dueAnywhere = (now: Date) => ({ endpointId: { $gte: '' }, dueAt: { $lte: now } });
