import type { Notification, NotificationView } from '@fefaent/contracts/notification';
import type { Clock, DomainError } from '@fefaent/kernel';
import { inHalves, type Logger, whole } from '@fefaent/service-kit';
import type { Evidences, Notifications } from '../clients.ts';
import { distinct } from '../domain/batches.ts';
import type { CalendarSettings } from '../domain/calendar.ts';
import { itemFailure, stateEngineError } from '../errors.ts';
import type { StateEngineStore } from '../store/port.ts';
import type { TransitionRunner } from '../transitions/run.ts';

/** What the handlers work with. */
export interface HandlerDeps {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly store: StateEngineStore;
	readonly calendar: CalendarSettings;
	readonly runner: TransitionRunner;
	readonly notifications: Notifications;
	readonly evidences: Evidences;
}

/** Most items of a request. */
const maxItems = 100;

/** @throws INVALID_REQUEST unless a batch holds 1 to 100 items with possible ids */
export function checkBatch(ids: readonly number[]): void {
	if (ids.length < 1 || ids.length > maxItems) {
		throw stateEngineError('INVALID_REQUEST', { problem: `a batch holds 1 to ${maxItems} items, not ${ids.length}` });
	}
	if (!ids.every(Number.isSafeInteger)) throw stateEngineError('INVALID_REQUEST', { problem: 'an id is no integer below 2^53' });
}

/** Reads the notifications of a batch, in one call if their view allows; by id, those that exist. */
export async function load(
	ids: readonly number[],
	view: NotificationView,
	{ notifications }: Pick<HandlerDeps, 'notifications'>,
): Promise<Map<number, Notification>> {
	const results = await inHalves(distinct(ids), async (some) => (await notifications.get({ ids: some, view })).results);
	return new Map(whole(results).flatMap(({ id, notification }) => (notification === undefined ? [] : [[id, notification]])));
}

/** The answer for an item whose decision could not be proved. The reason why is for the log. */
export function unproved(id: number, error: DomainError, { logger }: Pick<HandlerDeps, 'logger'>) {
	logger.warn({ notificationId: id, err: error }, 'a decision waits for its proof');
	return itemFailure(error.retryable ? 'PROOF_UNAVAILABLE' : 'PROOF_FAILED');
}
