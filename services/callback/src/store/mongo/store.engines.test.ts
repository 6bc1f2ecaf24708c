import { State } from '@fefaent/contracts/notification';
import { eventually, mongoTestDatabase } from '@fefaent/testing';
import { describe, expect, test } from 'vitest';
import { newDelivery } from '../../domain/delivery.ts';
import { wellHealth } from '../../domain/endpoint.ts';
import { changed, endpoint, noon } from '../../testing/fixtures.ts';
import { callbackStoreContract } from '../contract.ts';
import type { CallbackStore, WorkNews } from '../port.ts';
import { callbackReplicasContract } from '../replicas.contract.ts';
import { openMongoCallbackStore } from './store.ts';

/** Two replicas on a database of their own. */
async function opened() {
	const database = mongoTestDatabase();
	const open = async (owner: string) => {
		const onError = (error: unknown, where: string) => process.emitWarning(`${where}: ${String(error)}`);
		const store = openMongoCallbackStore({ ...database.options, owner, onError });
		await store.prepare();
		return store;
	};
	let store = await open('one');
	const other = await open('other');
	return {
		get store() {
			return store;
		},
		other,
		reopen: async () => {
			await store.close();
			store = await open('one');
			return store;
		},
		end: async () => {
			await Promise.all([store.close(), other.close()]);
			await database.drop();
		},
	};
}

describe('MongoDB', () => {
	callbackStoreContract('MongoDB', opened);
	callbackReplicasContract('MongoDB', opened);

	test('a replica hears of the deliveries and endpoints of the others, and of its own once', async () => {
		const { store, other, end } = await opened();
		const state = State.DEPOSITED;
		const record = (to: CallbackStore, id: number, endpointId: string) =>
			to.record([newDelivery({ ...changed(id, state, noon), state }, { id: endpointId }, noon, undefined)]);
		const put = (to: CallbackStore, id: string, revision = 1) => {
			const given = { ...endpoint({ url: 'https://example.org/' }), id };
			return to.putEndpoint({ endpoint: given, revision, sealedSecrets: new Uint8Array(), health: wellHealth });
		};
		const heard: WorkNews[] = [];
		const of = (what: string) => heard.flatMap((news) => (news.what === what && 'endpointIds' in news ? news.endpointIds : []));
		store.onWork((news) => heard.push(news));
		// The streams may not be open yet: what comes before they are is found by looking.
		let id = 0;
		await eventually(async () => {
			await record(other, ++id, 'first');
			await put(other, `first ${id}`);
			return of('elsewhere').includes('first') && of('endpoints').some((one) => one.startsWith('first'));
		});
		await put(store, 'mine');
		await put(store, 'mine', 2);
		await store.endWaits(['mine']);
		await record(store, 1_000, 'mine');
		await put(other, 'theirs');
		await put(other, 'theirs', 2);
		await other.endWaits(['theirs']);
		await other.lease('theirs', 'other', 0, 1);
		await other.removeEndpoint('theirs');
		await record(other, 1_001, 'theirs');
		await eventually(() => of('elsewhere').includes('theirs') && of('endpoints').filter((one) => one === 'theirs').length === 4);
		expect(of('endpoints').filter((one) => one === 'mine')).toHaveLength(3);
		expect(of('deliveries')).toEqual(['mine']);
		expect(of('elsewhere')).not.toContain('mine');
		await end();
	});
});
