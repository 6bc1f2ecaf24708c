import { CallbackForm, DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { acceptCallback, eventually, idNotificacioOf, startCallbackReceiver } from '@fefaent/testing';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { noon } from './testing/fixtures.ts';
import { type Harness, harness } from './testing/harness.ts';

const { DELIVERED, PENDING, EXHAUSTED } = DeliveryState;
const day = 86_400_000;

/** Moves time on after each attempt until the delivery is settled. @returns how many attempts there were */
async function exhaust(h: Harness, notificationId: number, most = 12): Promise<number> {
	for (let count = 1; count <= most; count++) {
		const { state } = await h.attempts(notificationId, count);
		if (state === EXHAUSTED) return count;
		h.clock.advance(day + 3_600_000 * 3);
	}
	throw new Error('never exhausted');
}

test('a refused callback is tried seven times, further and further apart, then exhausted and redriven', async () => {
	let refusing = true;
	await using receiver = await startCallbackReceiver({ respond: (request) => (refusing ? { status: 422 } : acceptCallback(request)) });
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	await h.change([1, State.DEPOSITED]);
	const waits: number[] = [];
	for (let count = 1; count <= 6; count++) {
		const { nextAttemptAt } = await h.attempts(1, count);
		const wait = (nextAttemptAt?.getTime() ?? 0) - h.clock.now().getTime();
		waits.push(wait);
		h.clock.advance(wait - 1);
		expect(await h.service.backlog()).toBe(0);
		expect(receiver.requests).toHaveLength(count);
		h.clock.advance(1);
	}
	const [delivery] = await h.settled(1, EXHAUSTED);
	expect(receiver.requests).toHaveLength(7);
	expect(delivery?.attempts.map((one) => one.number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
	expect(delivery?.settledAt).toEqual(h.clock.now());
	waits.forEach((wait, index) => {
		const base = Math.min(30_000 * 3 ** index, 7_200_000);
		expect(wait).toBeGreaterThanOrEqual(base);
		expect(wait).toBeLessThanOrEqual(base * 1.2);
	});
	// The next state is told all the same.
	refusing = false;
	await h.change([1, State.ACCEPTED]);
	await h.settled(1, EXHAUSTED, DELIVERED);
	expect(await h.client.redriveDeliveries({ deliveryIds: [delivery?.id ?? ''], endpointId: '', notificationIds: [] })).toEqual({
		redriven: 1,
	});
	const [redriven] = await h.settled(1, DELIVERED, DELIVERED);
	expect(redriven?.attempts.at(-1)).toMatchObject({ number: 8, failure: '' });
	expect(new Set(receiver.requests.map((one) => one.headers.get('x-fefaent-delivery-id'))).size).toBe(2);
});

test('an endpoint that stays down exhausts what waited for it, and only that; all of it is redriven at once', async () => {
	await using h = await harness();
	const receiver = await startCallbackReceiver();
	await receiver.close();
	const { id } = await h.endpoint({ url: receiver.url });
	await h.change(...[1, 2, 3, 4, 5].map((one) => [one, State.DEPOSITED] as const));
	await eventually(async () => expect(await h.deliveries()).toHaveLength(5));
	const first = await eventually(async () => {
		const [tried] = (await h.deliveries()).filter(({ attempts }) => attempts.length === 1);
		return tried ?? false;
	});
	h.clock.advance(60_000);
	await h.attempts(first.notificationId, 2);
	await h.change([6, State.DEPOSITED]);
	await h.settled(6, PENDING);
	for (let count = 3; count <= 7; count++) {
		h.clock.advance(10_000_000);
		await h.attempts(first.notificationId, count);
	}
	await eventually(async () => expect((await h.deliveries()).filter(({ state }) => state === EXHAUSTED)).toHaveLength(5));
	const untried = (await h.deliveries()).find((one) => one.state === EXHAUSTED && one.id !== first.id);
	expect(untried).toMatchObject({ attempts: [], givenUp: 'ENDPOINT_UNREACHABLE' });
	await h.settled(6, PENDING);
	await using back = await startCallbackReceiver({ port: receiver.port });
	h.clock.advance(10_000_000);
	await h.settled(6, DELIVERED);
	expect(await h.client.redriveDeliveries({ deliveryIds: [], endpointId: id, notificationIds: [] })).toEqual({ redriven: 5 });
	await back.waitFor(6);
	await eventually(async () => expect((await h.deliveries()).every(({ state }) => state === DELIVERED)).toBe(true));
});

test('the JSON form is signed, tried ten times over days, and any 2xx takes it', async () => {
	let status = 500;
	await using receiver = await startCallbackReceiver({ respond: () => ({ status, body: 'whatever' }) });
	await using h = await harness();
	const endpoint = await h.endpoint({ url: `${receiver.url}/hook?x=1`, form: CallbackForm.JSON });
	expect(endpoint.webhookSecret).toMatch(/^whsec_/);
	await h.change([1, State.DEPOSITED]);
	expect(await exhaust(h, 1)).toBe(10);
	status = 202;
	await h.client.redriveDeliveries({ deliveryIds: [], endpointId: '', notificationIds: [1] });
	const [delivery] = await h.settled(1, DELIVERED);
	const request = receiver.requests.at(-1);
	const verified = new Webhook(endpoint.webhookSecret).verify(request?.body ?? '', Object.fromEntries(request?.headers ?? []));
	expect(verified).toMatchObject({ id: delivery?.id, type: 'cat.fefaent.notification.deposited', time: noon.toISOString() });
	expect(request?.path).toBe('/hook?x=1');
	expect(new Set(receiver.requests.map((one) => one.headers.get('webhook-id')))).toEqual(new Set([delivery?.id]));
	// Time was moved by days, and receivers refuse what is not dated by their own clock.
	expect(Math.abs(Number(request?.headers.get('webhook-timestamp')) - Date.now() / 1000)).toBeLessThan(60);
});

test('410 to the JSON form disables the endpoint; what waits is sent when it is enabled again', async () => {
	let status = 410;
	await using receiver = await startCallbackReceiver({ respond: () => ({ status }) });
	await using h = await harness();
	const { webhookSecret: _, ...endpoint } = await h.endpoint({ url: receiver.url, form: CallbackForm.JSON });
	await h.change([1, State.DEPOSITED]);
	expect((await h.settled(1, EXHAUSTED))[0]?.attempts[0]).toMatchObject({ failure: 'ENDPOINT_GONE', httpStatus: 410 });
	await eventually(async () => expect((await h.client.listEndpoints({ issuerCode: '', limit: 1 })).endpoints[0]?.enabled).toBe(false));
	await h.client.redriveDeliveries({ deliveryIds: [], endpointId: endpoint.id, notificationIds: [] });
	expect(await h.service.backlog()).toBe(0);
	expect((await h.deliveries())[0]?.nextAttemptAt).toBeUndefined();
	status = 204;
	await h.endpoint(endpoint);
	await h.settled(1, DELIVERED);
	expect(receiver.requests).toHaveLength(2);
});

test('Retry-After of a busy receiver is honoured for the whole endpoint', async () => {
	let busy = true;
	await using receiver = await startCallbackReceiver({
		respond: (request) => (busy ? { status: 503, headers: { 'retry-after': '600' } } : acceptCallback(request)),
	});
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	await h.change([1, State.DEPOSITED]);
	expect((await h.attempts(1, 1)).nextAttemptAt).toEqual(new Date(noon.getTime() + 600_000));
	busy = false;
	h.clock.advance(599_000);
	await h.change([2, State.DEPOSITED]);
	await h.settled(2, PENDING);
	expect(receiver.requests).toHaveLength(1);
	h.clock.advance(1_000);
	await h.settled(2, DELIVERED);
});

test('an endpoint that was mended is tried at once', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	const { webhookSecret: _, ...endpoint } = await h.endpoint({ url: 'http://127.0.0.1:1/' });
	await h.change([1, State.DEPOSITED]);
	await h.attempts(1, 1);
	await h.endpoint({ ...endpoint, url: receiver.url });
	await h.settled(1, DELIVERED);
});

test('a purged notification is not told any more, a missing evidence is waited for', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	h.neighbours.purged.add(1);
	h.neighbours.unproved.add(2);
	await h.change([1, State.DEPOSITED], [2, State.DEPOSITED]);
	expect((await h.settled(1, EXHAUSTED))[0]).toMatchObject({ givenUp: 'NOTIFICATION_PURGED', attempts: [] });
	expect((await h.attempts(2, 1)).attempts[0]?.failure).toBe('EVIDENCE_MISSING');
	h.neighbours.unproved.delete(2);
	h.clock.advance(60_000);
	await h.settled(2, DELIVERED);
	expect(receiver.requests.map(idNotificacioOf)).toEqual(['2']);
});

test('while the services next door are down nothing is tried, and nothing is lost', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	await h.endpoint({ url: receiver.url });
	h.neighbours.down = true;
	await h.change([1, State.DEPOSITED]);
	await eventually(() => h.neighbours.calls >= 2);
	expect((await h.settled(1, PENDING))[0]?.attempts).toEqual([]);
	expect(await h.service.backlog()).toBe(1);
	h.neighbours.down = false;
	await h.settled(1, DELIVERED);
});

test('what was pending when the service ended is sent by the next one', async () => {
	await using receiver = await startCallbackReceiver({ respond: () => ({ hang: true }) });
	await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '20s' } });
	await h.endpoint({ url: receiver.url });
	await h.change([1, State.DEPOSITED], [2, State.DEPOSITED]);
	await receiver.waitFor(1);
	receiver.respondWith(acceptCallback);
	await h.stop();
	await h.start();
	await h.settled(1, DELIVERED);
	await h.settled(2, DELIVERED);
	// The one that was cut short came again, under its own id.
	expect(new Set(receiver.requests.map((one) => one.headers.get('x-fefaent-delivery-id'))).size).toBe(2);
});
