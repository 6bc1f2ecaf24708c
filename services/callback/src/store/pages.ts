import type { EndpointRecord } from '../domain/endpoint.ts';
import type { CallbackStore } from './port.ts';

/** How many endpoints are held at once: some hundred kilobytes each at most. */
const pageSize = 20;

/** Reads the endpoints of an issuer, or all (empty code), page by page: oldest first. */
export async function* endpointPages(
	store: Pick<CallbackStore, 'pageOfEndpoints'>,
	{ issuerCode = '', afterId = '' } = {},
): AsyncGenerator<readonly EndpointRecord[]> {
	for (let after = afterId; ; ) {
		const page = await store.pageOfEndpoints({ issuerCode, afterId: after, limit: pageSize });
		if (page.length > 0) yield page;
		const last = page.at(-1);
		if (last === undefined || page.length < pageSize) return;
		after = last.endpoint.id;
	}
}
