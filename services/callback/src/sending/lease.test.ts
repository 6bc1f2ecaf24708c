import { State } from '@fefaent/contracts/notification';
import { readConfig } from '@fefaent/service-kit';
import { eventually, startCallbackReceiver } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { attemptMsOf, callbackConfig, checkLease } from '../config.ts';
import { newDelivery } from '../domain/delivery.ts';
import { wellHealth } from '../domain/endpoint.ts';
import { startDispatcher } from '../jobs/dispatcher.ts';
import { dispatching } from '../testing/dispatching.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import { Gate } from './gate.ts';
import { EndpointLease } from './lease.ts';

const state = State.DEPOSITED;
const given = (url: string) => ({
	endpoint: { ...endpoint({ url }), id: 'e' },
	revision: 1,
	sealedSecrets: new Uint8Array(),
	health: wellHealth,
});
const delivery = (notificationId: number) => newDelivery({ ...changed(notificationId, state, noon), state }, { id: 'e' }, noon, undefined);

test('settings by which an attempt could outlast its lease are refused, those of the defaults are not', () => {
	const of = (lease: string, connect: string, response: string) =>
		readConfig(callbackConfig, {
			FEFAENT_CALLBACK_LEASE: lease,
			FEFAENT_CALLBACK_CONNECT_TIMEOUT: connect,
			FEFAENT_CALLBACK_RESPONSE_TIMEOUT: response,
		});
	checkLease(readConfig(callbackConfig, {}));
	checkLease(of('24s', '3s', '7s'));
	expect(attemptMsOf(of('24s', '3s', '7s'))).toBe(10_000);
	expect(() => checkLease(of('23s', '3s', '7s'))).toThrow(/FEFAENT_CALLBACK_LEASE is "23000ms": expected at least 24000 ms/);
	expect(() => checkLease(of('1m', '5s', '26s'))).toThrow(/FEFAENT_CALLBACK_LEASE/);
});

test('a lease covers what begins in its first half; it is prolonged while it is held, and not once another may have had it', async () => {
	await using d = await dispatching();
	await d.store.putEndpoint(given('https://example.org/'));
	const lease = new EndpointLease('e', { ...d.deps, leaseMs: 1_000 });
	expect(lease.covers).toBe(false);
	expect(await lease.extend()).toBe(false);
	expect(await lease.keep()).toBe(true);
	const taken = performance.now();
	await eventually(() => !lease.covers, { everyMs: 5 });
	// While it does not cover anything more it still keeps others out, at least for as long as what began may last.
	if (performance.now() - taken < 900) expect(await d.store.lease('e', 'other', Date.now(), Date.now() + 60_000)).toBe(false);
	if (performance.now() - taken < 800) expect(await lease.extend()).toBe(true);
	const short = new EndpointLease('e', { ...d.deps, leaseMs: 60 });
	await eventually(async () => expect(await short.keep()).toBe(true));
	await eventually(async () => expect(await d.store.lease('e', 'other', Date.now(), Date.now() + 60_000)).toBe(true));
	expect(await short.extend()).toBe(false);
	expect(short.covers).toBe(false);
	await short.release();
	expect(await d.store.lease('e', 'third', Date.now(), Date.now() + 60_000)).toBe(false);
});

test('what waited for its place until another replica took the endpoint over is not sent', async () => {
	await using receiver = await startCallbackReceiver();
	const gate = new Gate(1, 0);
	await using d = await dispatching({ leaseMs: 500, gates: { well: gate, failing: gate } });
	const leave = await gate.enter('somebody');
	await d.store.putEndpoint(given(receiver.url));
	await d.store.record([delivery(1)]);
	const dispatcher = startDispatcher(d.deps);
	// The worker has the endpoint, then waits until its lease is over.
	await eventually(async () => expect(await d.store.lease('e', 'other', Date.now(), Date.now())).toBe(false), { everyMs: 5 });
	await eventually(async () => expect(await d.store.lease('e', 'other', Date.now(), Date.now() + 60_000)).toBe(true));
	const next = gate.enter('somebody');
	leave();
	// Whoever comes after it has the place once it was left again.
	(await next)();
	expect(receiver.requests).toEqual([]);
	await d.store.release('other');
	await d.store.record([delivery(2)]);
	await receiver.waitFor(2);
	await eventually(async () => expect(await d.store.countDue(['e'], noon)).toBe(0));
	expect(receiver.requests).toHaveLength(2);
	await dispatcher.stop();
});
