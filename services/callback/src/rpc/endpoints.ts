import type {
	DeleteEndpointRequest,
	DeleteEndpointResponse,
	Endpoint,
	ListEndpointsRequest,
	ListEndpointsResponse,
} from '@fefaent/contracts/callback';
import type { EndpointRecord } from '../domain/endpoint.ts';
import type { HandlerDeps } from './deps.ts';

/** How many deliveries of a removed endpoint are given up in one write. */
const batch = 500;

/** An endpoint as it is shown. */
export function shown({ endpoint, health }: EndpointRecord, now: Date): Endpoint {
	const { notBefore } = health;
	return { ...endpoint, waitsUntil: notBefore !== undefined && notBefore > now ? notBefore : undefined };
}

/** Lists endpoints, without their secrets. */
export async function listEndpoints({ issuerCode }: ListEndpointsRequest, { store, clock }: HandlerDeps): Promise<ListEndpointsResponse> {
	const records = issuerCode === '' ? await store.allEndpoints() : await store.endpointsOf([issuerCode]);
	const now = clock.now();
	return { endpoints: records.map((record) => shown(record, now)) };
}

/** Removes an endpoint, then gives up what waits for it. Should that be cut short, the dispatcher goes on with it. */
export async function deleteEndpoint({ id }: DeleteEndpointRequest, { store, clock }: HandlerDeps): Promise<DeleteEndpointResponse> {
	const removed = await store.removeEndpoint(id);
	for (let given = batch; given === batch; ) {
		given = await store.giveUp({ endpointId: id, why: 'ENDPOINT_DELETED', now: clock.now(), limit: batch });
	}
	return { removed };
}
