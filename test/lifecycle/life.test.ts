import { NotificationEventType } from '@fefaent/contracts/events';
import { NotificationKind, State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually, eventuallyFound } from '@fefaent/testing';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prove } from '../../services/state-engine/src/transitions/proof.ts';
import { hold } from './hold.ts';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
	world = await World.start();
});
afterEach(() => armCrashpoints(undefined));
afterAll(() => world[Symbol.asyncDispose]());

const practise = async (id: number, decision: Transition, issuerCode = 'DEMO') =>
	(await world.lifecycle.practise({ issuerCode, items: [{ id, decision }] })).results[0]?.outcome;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('a deposit', () => {
	it('happens by itself, with its evidence and what is to come', async () => {
		const id = await world.deposited();
		const notification = await world.in(id, State.DEPOSITED);
		const proof = (await world.proofs(id)).get(Transition.DEPOSIT);
		expect(notification.evidences).toEqual([
			{ transition: Transition.DEPOSIT, evidenceId: proof?.id, sha256: proof?.sha256, decidedAt: notification.depositedAt },
		]);
		const timers = await world.timers(id, 'deposited');
		expect([...timers.keys()]).toEqual(['reminder', 'expiry', 'retention']);
		const wall = (at: Date | undefined) => at?.toLocaleTimeString('en', { timeZone: 'Europe/Madrid', hour12: false });
		expect(wall(timers.get('expiry'))).toBe(wall(notification.depositedAt));
	});

	it('of a hundred leaves none out', async () => {
		const ids = await world.create(...Array.from({ length: 100 }, () => ({})));
		await Promise.all(ids.map((id) => world.in(id, State.DEPOSITED)));
		await Promise.all(ids.map((id) => world.timers(id, 'deposited')));
	});
});

describe('practising', () => {
	it('answers the evidence, and again the same for the same decision', async () => {
		const id = await world.deposited();
		const first = await practise(id, Transition.REJECT);
		expect(first).toMatchObject({ $case: 'practised', value: { decision: Transition.REJECT, repeatedRequest: false } });
		const again = await practise(id, Transition.REJECT);
		const xml = first?.$case === 'practised' ? first.value.evidenceXml : new Uint8Array();
		expect(text(xml)).toContain('REBUTJAR');
		expect(again).toEqual({ $case: 'practised', value: { decision: Transition.REJECT, evidenceXml: xml, repeatedRequest: true } });
		expect(await practise(id, Transition.ACCEPT)).toMatchObject({
			value: { reason: 'ALREADY_DECIDED', details: { state: State.REJECTED, decision: Transition.ACCEPT } },
		});
	});

	it('takes several items of one notification as they come', async () => {
		const id = await world.deposited();
		const decisions = [Transition.ACCEPT, Transition.REJECT, Transition.ACCEPT];
		const items = [...decisions.map((decision) => ({ id, decision })), { id: 999_999_999, decision: Transition.ACCEPT }];
		const { results } = await world.lifecycle.practise({ issuerCode: 'DEMO', items });
		expect(results.map(({ outcome }) => (outcome?.$case === 'practised' ? outcome.value.repeatedRequest : outcome?.value.reason))).toEqual([
			false,
			'ALREADY_DECIDED',
			true,
			'NOTIFICATION_UNKNOWN',
		]);
	});

	it('is refused to others', async () => {
		expect(await practise(await world.deposited(), Transition.ACCEPT, 'OTHER')).toMatchObject({ value: { reason: 'NOT_YOURS' } });
	});

	it('is refused as a whole when the batch is wrong', async () => {
		const bad = (items: { id: number; decision: Transition }[]) => world.lifecycle.practise({ issuerCode: 'DEMO', items });
		await expect(bad([])).rejects.toMatchObject({ reason: 'INVALID_REQUEST' });
		await expect(bad(Array.from({ length: 101 }, () => ({ id: 1, decision: Transition.ACCEPT })))).rejects.toMatchObject({
			reason: 'INVALID_REQUEST',
		});
		await expect(bad([{ id: 1, decision: Transition.EXPIRE }])).rejects.toMatchObject({ reason: 'INVALID_REQUEST' });
	});
});

describe('cancelling', () => {
	it('is a success from any state, and a second time', async () => {
		const waiting = await world.deposited();
		const accepted = await world.deposited();
		await practise(accepted, Transition.ACCEPT);
		const cancel = (issuerCode = 'DEMO') => world.lifecycle.cancel({ issuerCode, ids: [waiting, accepted, waiting, 999_999_999] });
		expect((await cancel('OTHER')).results.map(({ failure }) => failure?.reason)).toEqual([
			'NOT_YOURS',
			'NOT_YOURS',
			'NOT_YOURS',
			'NOTIFICATION_UNKNOWN',
		]);
		for (let time = 1; time <= 2; time++) {
			expect((await cancel()).results.map(({ failure }) => failure?.reason)).toEqual([
				undefined,
				undefined,
				undefined,
				'NOTIFICATION_UNKNOWN',
			]);
		}
		expect((await world.in(accepted, State.DISCARDED)).evidences).toHaveLength(2);
		expect([...(await world.timers(waiting, 'discarded')).keys()]).toEqual(['retention']);
		expect(await practise(accepted, Transition.ACCEPT)).toMatchObject({
			value: { reason: 'NOT_PRACTISABLE', details: { state: State.DISCARDED } },
		});
	});
});

describe('consulting', () => {
	it('accepts a communication, and only that', async () => {
		const plain = await world.deposited();
		const communication = await world.deposited({ kind: NotificationKind.COMMUNICATION });
		const { results } = await world.lifecycle.view({ issuerCode: 'DEMO', ids: [plain, communication, 999_999_999, communication] });
		const states = results.map(({ outcome }) => (outcome?.$case === 'notification' ? outcome.value.state : outcome?.value.reason));
		expect(states).toEqual([State.DEPOSITED, State.ACCEPTED, 'NOTIFICATION_UNKNOWN', State.ACCEPTED]);
		const accepted = await world.in(communication, State.ACCEPTED);
		expect(accepted.practisedBy?.actor).toBe('consult');
		expect(accepted.evidences.map((one) => one.transition)).toEqual([Transition.DEPOSIT, Transition.ACCEPT]);
		expect(await practise(communication, Transition.REJECT)).toMatchObject({ value: { reason: 'ALREADY_DECIDED' } });
	});

	it('does not keep a communication from being rejected explicitly', async () => {
		const id = await world.deposited({ kind: NotificationKind.COMMUNICATION });
		expect(await practise(id, Transition.REJECT)).toMatchObject({ $case: 'practised' });
	});

	it('shows others nothing', async () => {
		const { results } = await world.lifecycle.view({ issuerCode: 'OTHER', ids: [await world.deposited()] });
		expect(results[0]?.outcome).toMatchObject({ value: { reason: 'NOT_YOURS' } });
	});
});

describe('time', () => {
	const told = (id: number) => world.events.filter((event) => event.notificationId === id);

	it('reminds at half time, expires at the end, exports and purges after the retention', async () => {
		const id = await world.deposited();
		const timers = await world.timers(id, 'deposited');
		await world.moveTo(timers.get('reminder') ?? new Date(0));
		await eventually(() => told(id).some((event) => event.type === NotificationEventType.REMINDER_DUE));
		expect((await world.get(id))?.state).toBe(State.DEPOSITED);

		await world.moveTo(timers.get('expiry') ?? new Date(0));
		const expired = await world.in(id, State.EXPIRED);
		expect(expired.evidences.map((one) => one.transition)).toEqual([Transition.DEPOSIT, Transition.EXPIRE]);
		expect(await practise(id, Transition.ACCEPT)).toMatchObject({
			value: { reason: 'NOT_PRACTISABLE', details: { state: State.EXPIRED } },
		});
		const proofs = await world.proofs(id);

		const rest = await world.timers(id, 'expired');
		expect([...rest]).toEqual([['retention', timers.get('retention')]]);
		await world.moveTo(rest.get('retention') ?? new Date(0));
		await eventually(async () => (await world.get(id)) === undefined);
		await eventually(async () => (await world.lifecycle.listTimers({ ids: [id] })).workflows.length === 0);
		const { zip } = await world.notifications.getExport({ id });
		const files = unzipSync(zip);
		expect(Object.keys(files).sort()).toEqual(['evidence-deposit.xml', 'evidence-expire.xml', 'notification.json']);
		expect(text(files['evidence-deposit.xml'] ?? new Uint8Array())).toBe(text(proofs.get(Transition.DEPOSIT)?.xml ?? new Uint8Array()));
		// The evidence stays known, its document does not.
		const kept = await eventuallyFound(async () => {
			const proof = (await world.proofs(id)).get(Transition.EXPIRE);
			return proof?.xml.length === 0 ? proof : undefined;
		});
		expect(kept.sha256).toEqual(proofs.get(Transition.EXPIRE)?.sha256);
		expect(await practise(id, Transition.ACCEPT)).toMatchObject({ value: { reason: 'NOTIFICATION_UNKNOWN' } });
	});

	it('jumped over months, expires what waited without reminding anybody of it, and keeps it for the grace', async () => {
		const ids = await Promise.all(Array.from({ length: 20 }, () => world.deposited()));
		await Promise.all(ids.map((id) => world.timers(id, 'deposited')));
		await world.moveTo(new Date(world.clock.now().getTime() + 200 * 86_400_000));
		const ends = await Promise.all(
			ids.map(async (id) => {
				const expired = await world.in(id, State.EXPIRED);
				const end = (await world.timers(id, 'expired')).get('retention') ?? new Date(0);
				expect(end.getTime() - (expired.practisedAt?.getTime() ?? 0)).toBeGreaterThan(6.9 * 86_400_000);
				// Whoever follows the topic here hears of it when it will, not when the engine does.
				await eventually(async () => told(id).length >= 3);
				const order = told(id).map((event) => event.type.replace('NOTIFICATION_EVENT_TYPE_', ''));
				expect(order).toEqual(['CREATED', 'STATE_CHANGED', 'STATE_CHANGED']);
				return end;
			}),
		);
		await world.moveTo(ends.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? new Date(0));
		for (const id of ids) await eventually(async () => (await world.get(id)) === undefined);
	});

	it('purges nothing that came to rest anew, even when the workflow has not heard of it', async () => {
		const id = await world.deposited();
		await practise(id, Transition.ACCEPT);
		const due = (await world.timers(id, 'accepted')).get('retention') ?? new Date(0);
		await world.moveTo(new Date(due.getTime() - 86_400_000));
		const news = hold('engine.instances.before');
		await world.lifecycle.cancel({ issuerCode: 'DEMO', ids: [id] });
		await news.reached;
		await world.moveTo(due);
		const before = await world.timers(id, 'accepted');
		expect((await world.get(id))?.state).toBe(State.DISCARDED);
		news.release();
		expect(await world.timers(id, 'discarded')).toEqual(before);
	});
});

it('one notification that nothing can be proved of keeps no other from its proof', async () => {
	const ids = await Promise.all(Array.from({ length: 7 }, () => world.deposited()));
	const { results } = await world.notifications.claim({
		items: ids.map((id) => ({
			id,
			expectedStates: [State.DEPOSITED],
			transition: Transition.ACCEPT,
			target: State.ACCEPTED,
			author: { actor: 'issuer' },
		})),
	});
	const claimed = results.flatMap(({ notification }) => notification ?? []);
	const broken = claimed.map((one, index) => (index === 4 ? { ...one, draft: undefined } : one));
	const proofs = await prove(broken, world.evidences, 10_000);
	expect(proofs.map((proof) => (proof.kind === 'evidence' ? proof.evidence.notificationId : proof.kind))).toEqual(
		ids.map((id, index) => (index === 4 ? 'failed' : id)),
	);
	expect(proofs[4]).toMatchObject({ error: { reason: 'FACT_MISSING' } });
});

it('a message that is no event of a notification becomes a dead letter, and holds nobody up', async () => {
	const id = '019a0000-0000-7000-8000-000000000000';
	const body = new Uint8Array([0xff, 0xff, 0xff]);
	await world.bus.publish([{ id, topic: 'fefaent.notification.v1', key: '1', type: 'broken', at: world.clock.now(), headers: {}, body }]);
	const letter = await eventuallyFound(async () => (await world.bus.deadLetters({ group: 'state-engine' }))[0]);
	expect([letter.id, letter.reason]).toEqual([id, 'not an event of a notification']);
	await world.deposited();
});
