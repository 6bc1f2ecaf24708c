import { State } from '@fefaent/contracts/notification';
import { acceptCallback, eventually, idNotificacioOf, type ReceivedRequest, startCallbackReceiver } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { newDelivery } from './domain/delivery.ts';
import { wellHealth } from './domain/endpoint.ts';
import { startDispatcher } from './jobs/dispatcher.ts';
import { redriveDeliveries } from './rpc/redrive.ts';
import { dispatching } from './testing/dispatching.ts';
import { changed, endpoint, noon } from './testing/fixtures.ts';

const endpointIds = Array.from({ length: 50 }, (_, index) => `e${index}`);
const dead = 'e17';
const perEndpoint = 100;
/** Contents that a worker holds at most: a page, for an endpoint that takes one request at a time. */
const pageSize = 8;

const told = (request: ReceivedRequest) => `${idNotificacioOf(request)} ${/<Estat>(\w+)</.exec(String(request.body))?.[1]}`;
const words: Partial<Record<State, string>> = { [State.DEPOSITED]: 'DIPOSITADA', [State.ACCEPTED]: 'ACCEPTADA' };

test('5,000 exhausted deliveries to 50 endpoints are redriven in order, a page of each at a time, though one never answers', {
	timeout: 180_000,
}, async () => {
	const { promise: revived, resolve: revive } = Promise.withResolvers<void>();
	await using receiver = await startCallbackReceiver({
		respond: (request) => (request.path === `/${dead}` ? revived.then(() => acceptCallback(request)) : acceptCallback(request)),
	});
	await using d = await dispatching({ attemptMs: 120_000, leaseMs: 600_000 });
	const { store, clock } = d;
	const expected = new Map<string, string[]>();
	for (const [index, id] of endpointIds.entries()) {
		const given = endpoint({ url: `${receiver.url}/${id}`, id });
		await store.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
		const changes = Array.from({ length: perEndpoint / 2 }, (_, count) => index * perEndpoint + count + 1).flatMap((notificationId) =>
			([State.DEPOSITED, State.ACCEPTED] as const).map((state) => ({ ...changed(notificationId, state, noon), state })),
		);
		await store.record(changes.map((event) => newDelivery(event, given, noon, undefined)));
		expect(await store.giveUp({ endpointId: id, why: 'ENDPOINT_UNREACHABLE', now: noon, limit: perEndpoint })).toBe(perEndpoint);
		expected.set(
			`/${id}`,
			changes.map(({ notificationId, state }) => `${notificationId} ${words[state]}`),
		);
	}

	let gathered = 0;
	let mostHeld = 0;
	const notifications: typeof d.deps.notifications = {
		...d.deps.notifications,
		get: (request, ...rest) => {
			gathered += request.ids?.length ?? 0;
			mostHeld = Math.max(mostHeld, gathered - receiver.requests.length);
			return d.deps.notifications.get(request, ...rest);
		},
	};
	const dispatcher = startDispatcher({ ...d.deps, notifications });
	try {
		for (const endpointId of endpointIds) {
			expect(await redriveDeliveries({ deliveryIds: [], endpointId, notificationIds: [] }, { store, clock })).toEqual({
				redriven: perEndpoint,
			});
		}
		const others = endpointIds.filter((id) => id !== dead);
		await eventually(async () => expect(await store.countDue(others, clock.now())).toBe(0), { timeoutMs: 120_000, everyMs: 100 });
		// All of that while the dead one has not answered once.
		expect(await store.countDue([dead], clock.now())).toBe(perEndpoint);
		expect(receiver.requests).toHaveLength(others.length * perEndpoint + 1);
		revive();
		await eventually(async () => expect(await store.countDue([dead], clock.now())).toBe(0), { timeoutMs: 60_000, everyMs: 100 });
	} finally {
		revive();
		await dispatcher.stop();
	}
	const byPath = Map.groupBy(receiver.requests, ({ path }) => path);
	for (const [path, order] of expected) expect(byPath.get(path)?.map(told)).toEqual(order);
	expect(receiver.requests).toHaveLength(endpointIds.length * perEndpoint);
	expect(mostHeld).toBeLessThanOrEqual(endpointIds.length * pageSize);
});
