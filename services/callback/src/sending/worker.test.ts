import { setImmediate } from 'node:timers/promises';
import { State } from '@fefaent/contracts/notification';
import { eventually, startCallbackReceiver } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import { type NewEndpointRecord, wellHealth } from '../domain/endpoint.ts';
import { startDispatcher } from '../jobs/dispatcher.ts';
import { type Dispatching, dispatching } from '../testing/dispatching.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import { Gate } from './gate.ts';

const state = State.DEPOSITED;

function record(url: string, change: Partial<NewEndpointRecord> = {}, enabled = true): NewEndpointRecord {
	return {
		endpoint: { ...endpoint({ url, enabled, maxInFlight: 4 }), id: 'e' },
		revision: 1,
		sealedSecrets: new Uint8Array(),
		health: wellHealth,
		...change,
	};
}

const delivery = (notificationId: number) => newDelivery({ ...changed(notificationId, state, noon), state }, { id: 'e' }, noon, undefined);

/** Lets everything happen that waits for nothing but its turn. */
async function turns(): Promise<void> {
	for (let turn = 0; turn < 50; turn++) await setImmediate();
}

/** Two deliveries to an endpoint that takes four wait for the only place at the gate; their worker has found nothing more, and waits for news. */
async function atTheGate(url: string, use: (world: Dispatching & { letIn(): Promise<void> }) => Promise<void>): Promise<void> {
	const gate = new Gate(1, 0);
	let looks = 0;
	await using d = await dispatching({ gates: { well: gate, failing: new Gate(1, 0) } });
	const store = new Proxy(d.store, {
		get: (target, name) => {
			if (name === 'due') looks++;
			const member: unknown = Reflect.get(target, name);
			return typeof member === 'function' ? member.bind(target) : member;
		},
	});
	const leave = await gate.enter('somebody');
	await d.store.putEndpoint(record(url));
	await d.store.record([delivery(1), delivery(2)]);
	const dispatcher = startDispatcher({ ...d.deps, store });
	// One look found both, the next one nothing.
	await eventually(() => looks >= 2, { everyMs: 1 });
	await turns();
	await use({
		...d,
		letIn: async () => {
			await turns();
			leave();
		},
	});
	await dispatcher.stop();
}

const settled = async ({ store }: Pick<Dispatching, 'store'>) => expect(await store.countDue(['e'], noon)).toBe(0);

test('what waits for its place while its endpoint is moved goes to the new address only', async () => {
	await using before = await startCallbackReceiver();
	await using after = await startCallbackReceiver();
	await atTheGate(before.url, async (w) => {
		await w.store.putEndpoint(record(after.url, { revision: 2 }));
		await w.letIn();
		await eventually(() => settled(w));
		expect(before.requests).toEqual([]);
		expect(after.requests).toHaveLength(2);
	});
});

test('what waits for its place while its endpoint is disabled or removed is not sent', async () => {
	for (const change of [
		(w: Dispatching, url: string) => w.store.putEndpoint(record(url, { revision: 2 }, false)),
		(w: Dispatching) => w.store.removeEndpoint('e'),
	]) {
		await using receiver = await startCallbackReceiver();
		await atTheGate(receiver.url, async (w) => {
			await change(w, receiver.url);
			await w.letIn();
			// By then whatever could leave would have left.
			await using other = await startCallbackReceiver();
			await w.store.putEndpoint({ ...record(other.url), endpoint: { ...record(other.url).endpoint, id: 'other' } });
			await w.store.record([{ ...delivery(3), delivery: { ...delivery(3).delivery, endpointId: 'other', id: 'last' } }]);
			await other.waitFor(1);
			await turns();
			expect(receiver.requests).toEqual([]);
		});
	}
});

test('what waits for its place while its endpoint begins to fail waits with it', async () => {
	await using receiver = await startCallbackReceiver({ respond: () => ({ status: 503 }) });
	await atTheGate(receiver.url, async (w) => {
		await w.letIn();
		await receiver.waitFor(1);
		await eventually(async () => expect((await w.store.getEndpoints(['e']))[0]?.health.failures).toBe(1));
		await turns();
		expect(receiver.requests).toHaveLength(1);
	});
});
