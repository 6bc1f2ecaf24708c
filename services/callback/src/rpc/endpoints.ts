import {
	type DeleteEndpointRequest,
	type DeleteEndpointResponse,
	Endpoint,
	type GetEndpointsRequest,
	type GetEndpointsResponse,
	type ListEndpointsRequest,
	type ListEndpointsResponse,
	mostCallbacksAtOnce,
} from '@fefaent/contracts/callback';
import type { NewEndpointRecord } from '../domain/endpoint.ts';
import { callbackError } from '../errors.ts';
import { giveUpPending } from '../sending/giving-up.ts';
import { endpointPages } from '../store/pages.ts';
import type { HandlerDeps } from './deps.ts';

/** Most bytes of a page that holds more than one endpoint: an answer must fit into one message of gRPC, 4 MB. */
const maxPageBytes = 2_000_000;

/** An endpoint as it is shown. */
export function shown({ endpoint, revision, health }: NewEndpointRecord, now: Date): Endpoint {
	const { notBefore } = health;
	return { ...endpoint, revision, waitsUntil: notBefore !== undefined && notBefore > now ? notBefore : undefined };
}

/** Reads endpoints by their ids, without their secrets. @throws INVALID_REQUEST */
export async function getEndpoints({ ids }: GetEndpointsRequest, { store, clock }: HandlerDeps): Promise<GetEndpointsResponse> {
	if (ids.length < 1 || ids.length > mostCallbacksAtOnce)
		throw callbackError('INVALID_REQUEST', { problem: `it names 1 to ${mostCallbacksAtOnce} endpoints` });
	const now = clock.now();
	const records = await store.getEndpoints(ids);
	return { endpoints: records.flatMap((record) => (record ? [shown(record, now)] : [])) };
}

/** Lists a page of endpoints, without their secrets. @throws INVALID_REQUEST */
export async function listEndpoints(request: ListEndpointsRequest, { store, clock }: HandlerDeps): Promise<ListEndpointsResponse> {
	const { issuerCode, limit, afterId = '' } = request;
	if (limit < 1 || limit > mostCallbacksAtOnce)
		throw callbackError('INVALID_REQUEST', { problem: `the limit is 1 to ${mostCallbacksAtOnce}` });
	const now = clock.now();
	const endpoints: Endpoint[] = [];
	let bytes = 0;
	for await (const page of endpointPages(store, { issuerCode, afterId })) {
		for (const record of page) {
			const endpoint = shown(record, now);
			bytes += Endpoint.encode(endpoint).finish().length;
			const last = endpoints.at(-1);
			if (last !== undefined && (endpoints.length === limit || bytes > maxPageBytes)) return { endpoints, nextAfterId: last.id };
			endpoints.push(endpoint);
		}
	}
	return { endpoints };
}

/**
 * Removes an endpoint, then gives up what waits for it. Should that be cut short, the dispatcher goes on with it.
 * @throws ENDPOINT_CONTENDED when it is of another revision than expected
 */
export async function deleteEndpoint(
	{ id, expectedRevision }: DeleteEndpointRequest,
	{ store, clock }: HandlerDeps,
): Promise<DeleteEndpointResponse> {
	const removed = await store.removeEndpoint(id, expectedRevision);
	if (!removed && expectedRevision !== undefined && (await store.getEndpoints([id]))[0] !== undefined) {
		throw callbackError('ENDPOINT_CONTENDED', { id });
	}
	await giveUpPending({ endpointId: id, why: 'ENDPOINT_DELETED' }, { store, clock });
	return { removed };
}
