import { DeliveryState, type ListDeliveriesRequest, type ListDeliveriesResponse, mostDeliveriesListed } from '@fefaent/contracts/callback';
import { traceIdOf } from '@fefaent/service-kit';
import type { EndpointRecord } from '../domain/endpoint.ts';
import { callbackError } from '../errors.ts';
import type { HandlerDeps } from './deps.ts';
import { checkIds, positionOfToken } from './requests.ts';

/** Lists deliveries with their log. @throws INVALID_REQUEST, DELIVERY_UNKNOWN for a page token that is none */
export async function listDeliveries(request: ListDeliveriesRequest, { store, clock }: HandlerDeps): Promise<ListDeliveriesResponse> {
	const { notificationIds, endpointId, state, limit, afterId } = request;
	checkIds(notificationIds);
	if (limit < 1 || limit > mostDeliveriesListed)
		throw callbackError('INVALID_REQUEST', { problem: `the limit is 1 to ${mostDeliveriesListed}` });
	const afterPosition = await positionOfToken(afterId, store);
	const wanted = state === DeliveryState.UNSPECIFIED ? undefined : state;
	const records = await store.list({ notificationIds, endpointId, state: wanted, afterPosition, limit });
	const ids = [...new Set(records.map(({ delivery }) => delivery.endpointId))];
	const endpoints = new Map((await store.getEndpoints(ids)).flatMap((record) => (record ? [[record.endpoint.id, record]] : [])));
	const now = clock.now();
	return {
		deliveries: records.map(({ delivery, dueAt, traceparent }) => ({
			...delivery,
			...(delivery.state === DeliveryState.PENDING && { nextAttemptAt: nextAttempt(dueAt, endpoints.get(delivery.endpointId), now) }),
			traceId: traceIdOf(traceparent),
		})),
	};
}

/** A delivery waits for its own time and for its endpoint's; there is no saying when that of a disabled one is. */
function nextAttempt(dueAt: Date, endpoint: EndpointRecord | undefined, now: Date): Date | undefined {
	if (endpoint === undefined || !endpoint.endpoint.enabled) return undefined;
	const { notBefore } = endpoint.health;
	const waits = notBefore !== undefined && notBefore > now ? notBefore : dueAt;
	return waits > dueAt ? waits : dueAt;
}
