import type { Clock } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import { type EndpointHealth, type EndpointRecord, wellHealth } from '../domain/endpoint.ts';
import type { CallbackStore, GiveUp } from '../store/port.ts';
import { recordExhausted } from '../telemetry.ts';

/** What giving up is done with. */
export interface GivingUpDeps {
	readonly store: Pick<CallbackStore, 'giveUp' | 'setHealth' | 'putEndpoint'>;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** How many deliveries of an endpoint are given up in one write. */
const batch = 500;

/** Gives up pending deliveries of an endpoint, in several writes when they are many. @returns how many */
export async function giveUpPending(
	which: Pick<GiveUp, 'endpointId' | 'why' | 'dueUntil'>,
	{ store, clock }: { readonly store: Pick<CallbackStore, 'giveUp'>; readonly clock: Clock },
): Promise<number> {
	let count = 0;
	for (let given = batch; given === batch; count += given) {
		given = await store.giveUp({ ...which, now: clock.now(), limit: batch });
	}
	return count;
}

/**
 * The endpoint was not reached in a whole schedule. What has waited for it all that time is given up too, as if it had been tried each time;
 * for the rest the schedule begins anew.
 * @returns how it fares from now on
 */
export async function giveUpUnreachable(record: EndpointRecord, health: EndpointHealth, deps: GivingUpDeps): Promise<EndpointHealth> {
	const { store, clock, logger } = deps;
	const { id: endpointId } = record.endpoint;
	const dueUntil = health.failingSince ?? clock.now();
	const deliveries = await giveUpPending({ endpointId, why: 'ENDPOINT_UNREACHABLE', dueUntil }, deps);
	recordExhausted(record.endpoint.form, deliveries);
	const anew = { failures: 0, failingSince: undefined, notBefore: health.notBefore };
	await store.setHealth(endpointId, record.generation, anew);
	if (deliveries > 0) logger.error({ endpointId, deliveries }, 'callbacks to an unreachable endpoint are exhausted: they can be redriven');
	return anew;
}

/** Nobody is there any more (410): nothing is sent until an operator enables it again. */
export async function disableGone(record: EndpointRecord, { store, logger }: GivingUpDeps): Promise<void> {
	const endpoint = { ...record.endpoint, enabled: false };
	// Lost to what an operator did meanwhile: that counts.
	const disabled = await store.putEndpoint({ ...record, endpoint, revision: record.revision + 1, health: wellHealth }, record.generation);
	if (disabled) logger.error({ endpointId: endpoint.id }, 'an endpoint is gone (410) and was disabled');
}
