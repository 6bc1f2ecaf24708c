import { ManualClock } from '@fefaent/kernel';
import { temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { wellHealth } from '../domain/endpoint.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { openSqliteCallbackStore } from '../store/sqlite.ts';
import { endpoint, noon } from '../testing/fixtures.ts';
import type { HandlerDeps } from './deps.ts';
import { deleteEndpoint, getEndpoints, listEndpoints } from './endpoints.ts';

const idOf = (index: number) => `e${String(index).padStart(4, '0')}`;

/** What handlers work with, on a file with so many endpoints of two issuers by turns. */
async function world(count: number, caPem = '') {
	const folder = temporaryFolder();
	const store = openSqliteCallbackStore({ path: folder.join('callback.db') });
	await Promise.all(
		Array.from({ length: count }, (_, index) => {
			const issuerCode = index % 2 === 0 ? 'EVEN' : 'ODD';
			const given = endpoint({ url: 'https://example.org/', id: idOf(index), issuerCode, caPem });
			return store.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
		}),
	);
	const secretsKeys = await openSecretsKeys({ file: folder.join('secrets.key') });
	const deps: HandlerDeps = { clock: new ManualClock(noon), store, secretsKeys, reach: { networks: [], allowHttp: false, ports: [] } };
	return {
		deps,
		/** Walks all pages; `between` happens after each. */
		walk: async (issuerCode: string, limit: number, between = async (_last: string) => {}) => {
			const pages: string[][] = [];
			let afterId: string | undefined;
			do {
				const page = await listEndpoints({ issuerCode, limit, ...(afterId !== undefined && { afterId }) }, deps);
				pages.push(page.endpoints.map(({ id }) => id));
				afterId = page.nextAfterId;
				if (afterId !== undefined) await between(afterId);
			} while (afterId !== undefined);
			return pages;
		},
		[Symbol.asyncDispose]: async () => {
			await store.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

test('pages tell of each endpoint once, in order, and the last one says so', async () => {
	await using w = await world(45);
	const all = Array.from({ length: 45 }, (_, index) => idOf(index));
	for (const limit of [1, 7, 20, 45, 100]) {
		const pages = await w.walk('', limit);
		expect(pages.flat()).toEqual(all);
		expect(pages).toHaveLength(Math.ceil(45 / limit));
	}
	expect((await w.walk('ODD', 10)).flat()).toEqual(all.filter((_, index) => index % 2 === 1));
	expect(await w.walk('NOBODY', 10)).toEqual([[]]);
});

test('the list goes on where it was, though the last one told was removed meanwhile', async () => {
	await using w = await world(9);
	const pages = await w.walk('', 3, async (last) => {
		expect(await deleteEndpoint({ id: last }, w.deps)).toEqual({ removed: true });
	});
	expect(pages.flat()).toEqual(Array.from({ length: 9 }, (_, index) => idOf(index)));
	expect((await w.walk('', 100)).flat()).toHaveLength(7);
});

test('a page of long certificates fits into one message', async () => {
	await using w = await world(50, 'x'.repeat(90_000));
	const pages = await w.walk('', 100);
	expect(pages.map((page) => page.length)).toEqual([22, 22, 6]);
});

test('endpoints are read by their ids; those that are not there are left out', async () => {
	await using w = await world(3);
	const { endpoints } = await getEndpoints({ ids: [idOf(2), 'unknown', idOf(0)] }, w.deps);
	expect(endpoints.map(({ id }) => id)).toEqual([idOf(2), idOf(0)]);
});

test.each([0, -1, 101])('%i at once are refused', async (count) => {
	await using w = await world(1);
	const refused = { reason: 'INVALID_REQUEST' };
	await expect(listEndpoints({ issuerCode: '', limit: count }, w.deps)).rejects.toMatchObject(refused);
	const ids = Array.from({ length: Math.max(0, count) }, (_, index) => idOf(index));
	await expect(getEndpoints({ ids }, w.deps)).rejects.toMatchObject(refused);
});
