import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { acceptCallback, eventually, type HttpRecorder, idNotificacioOf, startCallbackReceiver } from '@fefaent/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import { wellHealth } from '../domain/endpoint.ts';
import { redriveDeliveries } from '../rpc/redrive.ts';
import { Gate } from '../sending/gate.ts';
import type { CallbackStore } from '../store/port.ts';
import { dispatching } from '../testing/dispatching.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import { startDispatcher } from './dispatcher.ts';

/** The notification at which receivers wait before they answer. */
const slow = 1;
const statuses = [200, 422, 500, 503] as const;

/** How each path of the receiver answers now, and what holds back its answers about the slow notification. */
const answers = new Map<string, number>();
let held = Promise.resolve();
let receiver: HttpRecorder;
beforeAll(async () => {
	receiver = await startCallbackReceiver({
		respond: async (request) => {
			if (idNotificacioOf(request) === String(slow)) await held;
			const status = answers.get(request.path) ?? 200;
			return status === 200 ? acceptCallback(request) : { status };
		},
	});
});
afterAll(() => receiver.close());

/** A dispatcher in a time that only passes: nothing tells it that it did, but the alarm that it set itself. */
async function world() {
	const d = await dispatching({ gates: { well: new Gate(2, 1), failing: new Gate(2, 0) } });
	let now = noon.getTime();
	let alarmAt = Number.POSITIVE_INFINITY;
	let ring = () => {};
	const clock = { now: () => new Date(now), onMoved: () => () => {} };
	const dispatcher = startDispatcher(
		{ ...d.deps, clock },
		{
			everyMs: 3_600_000,
			alarm: (wake) => {
				ring = wake;
				return {
					set: (ms) => {
						alarmAt = Math.min(alarmAt, now + ms);
						if (alarmAt <= now) pass(0);
					},
					clear: () => {
						alarmAt = Number.POSITIVE_INFINITY;
					},
				};
			},
		},
	);
	const pass = (ms: number): void => {
		now += ms;
		if (alarmAt > now) return;
		alarmAt = Number.POSITIVE_INFINITY;
		ring();
	};
	return {
		...d,
		clock,
		pass,
		get alarmAt() {
			return alarmAt;
		},
		[Symbol.asyncDispose]: async () => {
			await dispatcher.stop();
			await d[Symbol.asyncDispose]();
		},
	};
}

/** When each delivery that may leave at all may do so: the first of its notification at its endpoint, once both are due. */
async function instants(store: CallbackStore): Promise<readonly { readonly at: number; readonly notificationId: number }[]> {
	const pending = await store.list({ notificationIds: [], endpointId: '', state: DeliveryState.PENDING, afterPosition: '', limit: 10_000 });
	const seen = new Set<string>();
	const heads = pending.filter(({ delivery: { endpointId, notificationId } }) => {
		const lane = `${endpointId} ${notificationId}`;
		return !seen.has(lane) && seen.add(lane);
	});
	const records = await store.getEndpoints(heads.map(({ delivery }) => delivery.endpointId));
	return heads.flatMap(({ delivery: { notificationId }, dueAt }, index) => {
		const record = records[index];
		// One whose endpoint is gone is to be given up.
		if (record !== undefined && !record.endpoint.enabled) return [];
		return [{ notificationId, at: Math.max(dueAt.getTime(), record?.health.notBefore?.getTime() ?? 0) }];
	});
}

const ids = ['a', 'b', 'c'] as const;
const id = fc.constantFrom(...ids);
const step = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ op: fc.constant('record' as const), id, notification: fc.integer({ min: 1, max: 6 }) }) },
	{ weight: 3, arbitrary: fc.record({ op: fc.constant('answer' as const), id, status: fc.constantFrom(...statuses) }) },
	{ weight: 5, arbitrary: fc.record({ op: fc.constant('pass' as const), ms: fc.oneof(fc.nat(40_000), fc.nat(10_000_000)) }) },
	{ weight: 3, arbitrary: fc.record({ op: fc.constant('until' as const) }) },
	{ weight: 2, arbitrary: fc.record({ op: fc.constant('enable' as const), id, enabled: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.record({ op: fc.constant('remove' as const), id }) },
	{ weight: 2, arbitrary: fc.record({ op: fc.constant('redrive' as const), id }) },
	{ weight: 2, arbitrary: fc.record({ op: fc.constant('hold' as const) }) },
	{ weight: 2, arbitrary: fc.record({ op: fc.constant('answerAll' as const) }) },
);

test('after every step, what may leave now leaves, and the alarm is set no later than what may leave next', {
	timeout: 60_000,
}, async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
			await using w = await world();
			const { store, clock } = w;
			let count = 0;
			let letGo: (() => void) | undefined;
			const release = () => {
				letGo?.();
				letGo = undefined;
			};
			const put = async (one: string, enabled: boolean) => {
				const [stored] = await store.getEndpoints([one]);
				await store.putEndpoint({
					endpoint: { ...endpoint({ url: `${receiver.url}/${one}`, maxInFlight: 2, enabled }), id: one },
					revision: (stored?.revision ?? 0) + 1,
					sealedSecrets: new Uint8Array(),
					health: wellHealth,
				});
			};
			answers.clear();
			for (const one of ids) await put(one, true);
			const state = State.DEPOSITED;
			try {
				for (const one of steps) {
					// Whatever changes an endpoint has its worker wait for what is under way before it reads it again.
					if (!['record', 'pass', 'until', 'hold'].includes(one.op)) release();
					if (one.op === 'record') {
						const event = { ...changed(one.notification, state, clock.now(), { id: `event-${count++}` }), state };
						await store.record([newDelivery(event, one, clock.now(), undefined)]);
					} else if (one.op === 'answer') answers.set(`/${one.id}`, one.status);
					else if (one.op === 'pass') w.pass(one.ms);
					else if (one.op === 'until' && Number.isFinite(w.alarmAt)) w.pass(w.alarmAt - clock.now().getTime());
					else if (one.op === 'enable') await put(one.id, one.enabled);
					else if (one.op === 'remove') await store.removeEndpoint(one.id);
					else if (one.op === 'redrive' && (await store.getEndpoints([one.id]))[0]) {
						await redriveDeliveries({ deliveryIds: [], endpointId: one.id, notificationIds: [] }, { clock, store });
					} else if (one.op === 'hold' && letGo === undefined && (await isCalm(store))) {
						const { promise, resolve } = Promise.withResolvers<void>();
						held = promise;
						letGo = resolve;
					} else if (one.op === 'answerAll') release();
					await eventually(
						async () => {
							const now = clock.now().getTime();
							const found = await instants(store);
							const left = found.filter(({ at, notificationId }) => at <= now && !(letGo !== undefined && notificationId === slow));
							expect(left).toEqual([]);
							const next = Math.min(...found.map(({ at }) => at).filter((at) => at > now));
							expect(w.alarmAt).toBeLessThanOrEqual(next);
						},
						{ everyMs: 1, timeoutMs: 3_000 },
					);
				}
			} finally {
				release();
				await delay(0);
			}
		}),
		{ numRuns: 25 },
	);
});

/** Whether no endpoint fails, or will with its next answer. */
async function isCalm(store: CallbackStore): Promise<boolean> {
	if ([...answers.values()].some((status) => status >= 500)) return false;
	return (await store.getEndpoints(ids)).every((record) => record === undefined || record.health.failures === 0);
}
