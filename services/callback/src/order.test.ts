import { DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { acceptCallback, actualitzarEstatAnswer, eventually, idNotificacioOf, startCallbackReceiver } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { changed } from './testing/fixtures.ts';
import { harness } from './testing/harness.ts';

const { DELIVERED, PENDING } = DeliveryState;
const idsOf = (requests: readonly Parameters<typeof idNotificacioOf>[0][]) => requests.map((one) => Number(idNotificacioOf(one)));

test('a life is told state by state, once, in order, under stable ids', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	const events = [State.DEPOSITED, State.ACCEPTED].map((state) => changed(7, state, h.clock.now()));
	await h.change(changed(7, State.ENTERED, h.clock.now()), ...events);
	const deliveries = await h.settled(7, DELIVERED, DELIVERED);
	expect(receiver.requests.map((one) => /<Estat>(\w+)</.exec(String(one.body))?.[1])).toEqual(['DIPOSITADA', 'ACCEPTADA']);
	expect(receiver.requests.map((one) => one.headers.get('x-fefaent-delivery-id'))).toEqual(deliveries.map(({ id }) => id));
	expect(deliveries[0]).toMatchObject({ toldState: State.DEPOSITED, attempts: [{ number: 1, httpStatus: 200, failure: '' }] });
	expect(await h.service.backlog()).toBe(0);
});

test('an event that comes again makes no second delivery', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	const event = changed(1, State.DEPOSITED, h.clock.now());
	await h.change(event);
	await h.settled(1, DELIVERED);
	await h.change(event, [2, State.DEPOSITED]);
	await h.settled(2, DELIVERED);
	expect(idsOf(receiver.requests)).toEqual([1, 2]);
	expect(await h.deliveries()).toHaveLength(2);
});

test('each endpoint of the issuer is told of the states that it wants, and no other issuer of anything', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	const all = await h.endpoint({ url: `${receiver.url}/all` });
	const some = await h.endpoint({ url: `${receiver.url}/some`, states: [State.DEPOSITED, State.EXPIRED] });
	await h.endpoint({ url: `${receiver.url}/other`, issuerCode: 'OTHER' });
	await h.endpoint({ url: `${receiver.url}/off`, enabled: false });
	await h.change([1, State.DEPOSITED], [1, State.REJECTED], [2, State.EXPIRED], [3, State.FAILED], [4, State.DISCARDED]);
	await eventually(async () => expect(await h.service.backlog()).toBe(0));
	await receiver.waitFor(7);
	const told = async (endpointId: string) => (await h.deliveries({ endpointId })).map((one) => `${one.notificationId} ${one.toldState}`);
	expect((await told(all.id)).sort()).toEqual([
		'1 STATE_DEPOSITED',
		'1 STATE_REJECTED',
		'2 STATE_EXPIRED',
		'3 STATE_FAILED',
		'4 STATE_DISCARDED',
	]);
	expect((await told(some.id)).sort()).toEqual(['1 STATE_DEPOSITED', '2 STATE_EXPIRED']);
	expect(new Set(receiver.requests.map(({ path }) => path))).toEqual(new Set(['/all', '/some']));
});

test('one endpoint is told in the order of recording, one at a time unless it takes more', async () => {
	let now = 0;
	let most = 0;
	// How many have to be under way at once before they are answered.
	let together = 1;
	let answered = 0;
	let answer = Promise.withResolvers<void>();
	await using receiver = await startCallbackReceiver({
		respond: async (request) => {
			most = Math.max(most, ++now);
			const { promise } = answer;
			if (now === together) {
				answer.resolve();
				answer = Promise.withResolvers();
			}
			await promise;
			answered++;
			now--;
			return acceptCallback(request);
		},
	});
	await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '20s' } });
	const { id } = await h.endpoint({ url: receiver.url });
	const ids = Array.from({ length: 40 }, (_, index) => index + 1);
	await h.change(...ids.map((one) => [one, State.DEPOSITED] as const));
	await receiver.waitFor(40);
	await eventually(async () => expect(await h.service.backlog()).toBe(0));
	// Recorded in the order of the bus, which keeps that of each notification only.
	expect(idsOf(receiver.requests)).toEqual((await h.deliveries({ endpointId: id })).map((one) => one.notificationId));
	expect(most).toBe(1);

	together = 8;
	await h.endpoint({ id, url: receiver.url, maxInFlight: 8 });
	await h.change(...ids.map((one) => [one + 100, State.DEPOSITED] as const));
	await receiver.waitFor(80);
	await eventually(async () => expect(await h.service.backlog()).toBe(0));
	expect(most).toBe(8);
	expect(answered).toBe(80);
});

test('a backlog is told in the order of recording, all states of a notification included, but for what stands behind a refused one', async () => {
	const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
	await using receiver = await startCallbackReceiver({
		respond: async (request) => {
			await answered;
			return idNotificacioOf(request) === '2' ? { status: 422 } : acceptCallback(request);
		},
	});
	await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '20s' } });
	await h.endpoint({ url: receiver.url });
	await h.change([9, State.DEPOSITED]);
	await receiver.waitFor(1);
	for (const id of [1, 2, 3]) await h.change([id, State.DEPOSITED], [id, State.ACCEPTED]);
	await eventually(async () => expect(await h.deliveries()).toHaveLength(7));
	answer();
	await h.settled(3, DELIVERED, DELIVERED);
	await h.settled(2, PENDING, PENDING);
	const told = receiver.requests.map((one) => `${idNotificacioOf(one)} ${/<Estat>(\w+)</.exec(String(one.body))?.[1]}`);
	const recorded = (await h.deliveries()).map(
		(one) => `${one.notificationId} ${one.toldState === State.ACCEPTED ? 'ACCEPTADA' : 'DIPOSITADA'}`,
	);
	expect(told).toEqual(recorded.filter((one) => one !== '2 ACCEPTADA'));
});

test('a refused message holds up its own notification only', async () => {
	let refusing = true;
	await using receiver = await startCallbackReceiver({
		respond: (request) =>
			refusing && idNotificacioOf(request) === '1'
				? { body: actualitzarEstatAnswer(1, { code: 'ERR_77', message: 'no' }) }
				: acceptCallback(request),
	});
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	await h.change([1, State.DEPOSITED]);
	expect((await h.attempts(1, 1)).attempts[0]).toMatchObject({ failure: 'RECEIVER_ERROR', detail: 'ERR_77', httpStatus: 200 });
	await h.change([1, State.ACCEPTED], [2, State.DEPOSITED], [3, State.DEPOSITED]);
	await h.settled(2, DELIVERED);
	await h.settled(3, DELIVERED);
	await h.settled(1, PENDING, PENDING);
	expect(idsOf(receiver.requests)).toEqual([1, 2, 3]);
	// What waits behind it is not due any more, so that nothing seems to be left undone.
	await eventually(async () => expect(await h.service.backlog()).toBe(0));
	refusing = false;
	h.clock.advance(60_000);
	await h.settled(1, DELIVERED, DELIVERED);
	expect(idsOf(receiver.requests)).toEqual([1, 2, 3, 1, 1]);
	expect(/<Estat>(\w+)</.exec(String(receiver.requests.at(-1)?.body))?.[1]).toBe('ACCEPTADA');
});

test('an endpoint that is down waits as a whole and keeps its order', async () => {
	await using h = await harness();
	const receiver = await startCallbackReceiver();
	const { port, url } = receiver;
	await receiver.close();
	await h.endpoint({ url, maxInFlight: 4 });
	await h.change([1, State.DEPOSITED]);
	expect((await h.attempts(1, 1)).attempts[0]).toMatchObject({ failure: 'CONNECTION_REFUSED', httpStatus: 0 });
	await h.change([2, State.DEPOSITED], [1, State.ACCEPTED], [3, State.DEPOSITED]);
	await eventually(async () => expect(await h.deliveries()).toHaveLength(4));
	expect(await h.service.backlog()).toBe(0);
	const waits = (await h.client.listEndpoints({ issuerCode: 'DEMO', limit: 1 })).endpoints[0]?.waitsUntil;
	expect(waits?.getTime()).toBeGreaterThan(h.clock.now().getTime());
	await using back = await startCallbackReceiver({ port });
	h.clock.advance(40_000);
	await back.waitFor(4);
	await h.settled(1, DELIVERED, DELIVERED);
	expect(idsOf(back.requests)[0]).toBe(1);
	expect((await h.client.listEndpoints({ issuerCode: 'DEMO', limit: 1 })).endpoints[0]?.waitsUntil).toBeUndefined();
});

test('a message at which the receiver breaks again steps aside', async () => {
	await using receiver = await startCallbackReceiver({
		respond: (request) => (idNotificacioOf(request) === '1' ? { status: 500, body: 'oops' } : acceptCallback(request)),
	});
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	await h.change([1, State.DEPOSITED]);
	await h.attempts(1, 1);
	await h.change([2, State.DEPOSITED], [3, State.DEPOSITED]);
	// Both are there before time moves: otherwise the first could be tried again, and have all wait, before they are.
	await h.settled(2, PENDING);
	await h.settled(3, PENDING);
	h.clock.advance(40_000);
	await h.attempts(1, 2);
	expect(idsOf(receiver.requests)).toEqual([1, 1]);
	h.clock.advance(110_000);
	await h.settled(2, DELIVERED);
	await h.settled(3, DELIVERED);
	await h.settled(1, PENDING);
});

test('an endpoint that never answers delays no other one', async () => {
	await using hanging = await startCallbackReceiver({ respond: () => ({ hang: true }) });
	await using well = await startCallbackReceiver();
	await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '20s', FEFAENT_CALLBACK_MAX_IN_FLIGHT: '4' } });
	for (let index = 0; index < 3; index++) await h.endpoint({ url: `${hanging.url}/${index}` });
	const { id } = await h.endpoint({ url: well.url });
	await h.change(...Array.from({ length: 50 }, (_, index) => [index + 1, State.DEPOSITED] as const));
	await well.waitFor(50);
	await eventually(async () => expect((await h.deliveries({ endpointId: id })).every(({ state }) => state === DELIVERED)).toBe(true));
	expect(hanging.requests).toHaveLength(3);
	// Lets what is under way end at once.
	await hanging.close();
});

test('what is recorded while an answer is waited for leaves at once, where the endpoint takes more than one', async () => {
	const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
	await using receiver = await startCallbackReceiver({
		respond: (request) => (idNotificacioOf(request) === '1' ? answered.then(() => acceptCallback(request)) : acceptCallback(request)),
	});
	await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '20s' } });
	await h.endpoint({ url: receiver.url, maxInFlight: 2 });
	await h.change([1, State.DEPOSITED]);
	await receiver.waitFor(1);
	// By now the worker has looked for more, found nothing, and waits.
	await eventually(async () => expect(await h.service.backlog()).toBe(1));
	await h.change([2, State.DEPOSITED]);
	await h.settled(2, DELIVERED);
	await h.settled(1, PENDING);
	answer();
	await h.settled(1, DELIVERED);
});

test('slow endpoints that take all that they may delay no other one', async () => {
	const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
	await using slow = await startCallbackReceiver({ respond: (request) => answered.then(() => acceptCallback(request)) });
	await using well = await startCallbackReceiver();
	await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '20s', FEFAENT_CALLBACK_MAX_IN_FLIGHT: '16' } });
	for (let index = 0; index < 4; index++) await h.endpoint({ url: `${slow.url}/${index}`, maxInFlight: 64, states: [State.DEPOSITED] });
	await h.change(...Array.from({ length: 40 }, (_, index) => [index + 1, State.DEPOSITED] as const));
	// Each has its own place, and all of the others that may be had.
	await slow.waitFor(16);
	const { id } = await h.endpoint({ url: well.url, states: [State.ACCEPTED] });
	await h.change(...Array.from({ length: 20 }, (_, index) => [index + 101, State.ACCEPTED] as const));
	await well.waitFor(20);
	await eventually(async () => expect((await h.deliveries({ endpointId: id })).every(({ state }) => state === DELIVERED)).toBe(true));
	// All of that happened before a single answer of the slow ones, which then are told of everything as well.
	expect(slow.requests.length).toBeLessThanOrEqual(20);
	answer();
	await slow.waitFor(160);
	await eventually(async () => expect(await h.service.backlog()).toBe(0));
});
