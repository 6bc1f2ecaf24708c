import { NotificationEventType } from '@fefaent/contracts/events';
import { ClaimOutcome, State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { seededRandom } from '@fefaent/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { after, author, claimItem, completeItem, draft } from './testing/fixtures.ts';
import { createdOf, harness } from './testing/harness.ts';

afterEach(() => armCrashpoints(undefined));

const rivals = [Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE, Transition.DISCARD] as const;

it('takes a batch through its life', async () => {
	await using h = await harness();
	const { results } = await h.client.create({ drafts: Array.from({ length: 100 }, () => draft()) });
	const ids = results.map((one) => createdOf(one).id);
	h.clock.advance(5000);
	const claims = await h.client.claim({ items: ids.map((id) => claimItem(id, Transition.DEPOSIT, [State.ENTERED])) });
	expect(claims.results.map((one) => one.outcome)).toEqual(ids.map(() => ClaimOutcome.CLAIMED));
	expect((await h.client.listClaims({ before: after(5001), limit: 100 })).notifications.map((one) => one.id)).toEqual(ids);
	h.clock.advance(5000);
	const done = await h.client.complete({ items: ids.map((id) => completeItem(id, Transition.DEPOSIT)) });
	expect(done.results[99]?.outcome).toMatchObject({
		$case: 'notification',
		value: { id: ids[99], version: 3, state: State.DEPOSITED, depositedAt: after(5000), evidences: [{ transition: Transition.DEPOSIT }] },
	});
	expect((await h.client.listClaims({ before: after(99_999), limit: 100 })).notifications).toEqual([]);
	const events = (await h.published(200)).map(({ event }) => event);
	expect(events.filter((one) => one.type === NotificationEventType.STATE_CHANGED)).toHaveLength(100);
	for (const event of events.filter((one) => one.notificationId === ids[7])) {
		expect(event.at).toEqual(event.type === NotificationEventType.CREATED ? after(0) : after(5000));
	}
});

it('answers each item for itself', async () => {
	await using h = await harness();
	const [one, two] = [await h.created(), await h.created()];
	await h.walk(two, Transition.DEPOSIT);
	const { results } = await h.client.claim({
		items: [
			claimItem(one, Transition.ACCEPT, [State.DEPOSITED]),
			claimItem(999_999, Transition.ACCEPT),
			claimItem(two, Transition.ACCEPT),
			claimItem(two, Transition.REJECT),
			claimItem(two, Transition.ACCEPT),
		],
	});
	expect(results.map((result) => result.outcome)).toEqual([
		ClaimOutcome.STATE,
		ClaimOutcome.UNKNOWN,
		ClaimOutcome.CLAIMED,
		ClaimOutcome.PENDING_OTHER,
		ClaimOutcome.CLAIMED,
	]);
	const done = await h.client.complete({
		items: [completeItem(one, Transition.ACCEPT), completeItem(999_999, Transition.ACCEPT), completeItem(two, Transition.ACCEPT)],
	});
	expect(done.results.map((result) => (result.outcome?.$case === 'failure' ? result.outcome.value.reason : result.outcome?.$case))).toEqual(
		['CLAIM_MISSING', 'NOTIFICATION_UNKNOWN', 'notification'],
	);
});

it('decides commands of one batch on one notification one after the other', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT);
	await h.client.claim({ items: [claimItem(id, Transition.ACCEPT)] });
	const { results } = await h.client.complete({ items: [completeItem(id, Transition.ACCEPT), completeItem(id, Transition.ACCEPT)] });
	expect(results.map(({ outcome }) => outcome?.$case)).toEqual(['notification', 'notification']);
	expect((await h.client.get({ ids: [id, id] })).results.map((one) => one.notification?.version)).toEqual([5, 5]);
});

it('retries a deposit that was given up', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.client.claim({ items: [claimItem(id, Transition.DEPOSIT, [State.ENTERED])] });
	const failed = await h.client.complete({ items: [completeItem(id, Transition.DEPOSIT, 'TSA_UNAVAILABLE')] });
	expect(failed.results[0]?.outcome).toMatchObject({ value: { state: State.FAILED, failure: 'TSA_UNAVAILABLE' } });
	const retried = await h.client.claim({ items: [claimItem(id, Transition.DEPOSIT, [State.FAILED])] });
	expect(retried.results[0]?.outcome).toBe(ClaimOutcome.CLAIMED);
	const done = await h.client.complete({ items: [completeItem(id, Transition.DEPOSIT)] });
	expect(done.results[0]?.outcome).toMatchObject({ value: { state: State.DEPOSITED, failure: '' } });
});

describe('of a hundred decisions at once', () => {
	it.each(['taken as they come', 'all held before the write'])('one wins (%s)', async (how) => {
		await using h = await harness({ started: false });
		const id = await h.created();
		await h.walk(id, Transition.DEPOSIT);
		const before = (await h.client.get({ ids: [id] })).results[0]?.notification?.version ?? 0;
		let waiting = 0;
		const open = Promise.withResolvers<void>();
		if (how !== 'taken as they come') {
			armCrashpoints((name) => {
				if (name !== 'notification.claim.before-store') return;
				if (++waiting === 100) open.resolve();
				return open.promise;
			});
		}
		const asked = seededRandom(7).shuffle(Array.from({ length: 100 }, (_, index) => rivals[index % 4] as Transition));
		const answers = await Promise.all(asked.map((transition) => h.client.claim({ items: [claimItem(id, transition)] })));
		const { notification } = (await h.client.get({ ids: [id] })).results[0] ?? {};
		const winner = notification?.claim?.transition;
		expect(rivals).toContain(winner);
		answers.forEach(({ results }, index) => {
			expect(results[0]?.outcome).toBe(asked[index] === winner ? ClaimOutcome.CLAIMED : ClaimOutcome.PENDING_OTHER);
			expect(results[0]?.notification?.claim?.transition).toBe(winner);
		});
		expect(notification?.version).toBe(before + 1);
		expect(notification?.timeline.filter((entry) => entry.category === 'CLAIMED')).toHaveLength(2);
	});

	it('completed by all who asked, it happens once', async () => {
		await using h = await harness();
		const id = await h.created();
		await h.walk(id, Transition.DEPOSIT);
		await h.client.claim({ items: [claimItem(id, Transition.ACCEPT)] });
		const answers = await Promise.all(
			Array.from({ length: 50 }, () => h.client.complete({ items: [completeItem(id, Transition.ACCEPT)] })),
		);
		for (const { results } of answers) expect(results[0]?.outcome).toMatchObject({ value: { state: State.ACCEPTED, version: 5 } });
		expect((await h.published(3)).map(({ event }) => event.state)).toEqual([State.ENTERED, State.DEPOSITED, State.ACCEPTED]);
	});
});

it('decides again on what another writer was first to write', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT);
	let raced = 0;
	armCrashpoints((name) => {
		if (name !== 'notification.remind.before-store') return;
		raced++;
		return h.walk(id, Transition.ACCEPT);
	});
	expect(await h.client.remind({ ids: [id] })).toEqual({ remindedIds: [] });
	expect(raced).toBe(1);
	expect((await h.client.get({ ids: [id] })).results[0]?.notification).toMatchObject({ state: State.ACCEPTED, version: 5 });
});

it('tells a caller to come back when others are always first', async () => {
	await using h = await harness({ env: { FEFAENT_NOTIFICATION_WRITE_ATTEMPTS: '2' } });
	const id = await h.created();
	// A deposit is tried, given up, tried again...: between any two writes of ours the notification changes and can still be discarded.
	const giveUpDeposit = async (): Promise<void> => {
		armCrashpoints(undefined);
		await h.client.claim({ items: [claimItem(id, Transition.DEPOSIT)] });
		await h.client.complete({ items: [completeItem(id, Transition.DEPOSIT, 'TSA_UNAVAILABLE')] });
		armCrashpoints(race);
	};
	const race = (name: string): Promise<void> | undefined => (name === 'notification.claim.before-store' ? giveUpDeposit() : undefined);
	armCrashpoints(race);
	const claim = () => h.client.claim({ items: [claimItem(id, Transition.DISCARD)] });
	await expect(claim()).rejects.toMatchObject({ reason: 'NOTIFICATION_BUSY', kind: 'conflict' });
	armCrashpoints(undefined);
	expect((await claim()).results[0]?.outcome).toBe(ClaimOutcome.CLAIMED);
});

it('reminds where the notification still waits, once', async () => {
	await using h = await harness();
	const [waits, accepted, enteredOnly] = [await h.created(), await h.created(), await h.created()];
	await h.walk(waits, Transition.DEPOSIT);
	await h.walk(accepted, Transition.DEPOSIT, Transition.ACCEPT);
	const ids = [waits, accepted, enteredOnly, 999_999];
	expect(await h.client.remind({ ids })).toEqual({ remindedIds: [waits] });
	expect(await h.client.remind({ ids })).toEqual({ remindedIds: [waits] });
	const events = (await h.published(7)).filter(({ event }) => event.type === NotificationEventType.REMINDER_DUE);
	expect(events.map(({ event }) => event.notificationId)).toEqual([waits]);
});

it('discards whatever it is, as often as it is asked', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT, Transition.DISCARD, Transition.DISCARD);
	const { notification } = (await h.client.get({ ids: [id] })).results[0] ?? {};
	expect(notification?.state).toBe(State.DISCARDED);
	expect(notification?.evidences.map((one) => one.transition)).toEqual([Transition.DEPOSIT, Transition.ACCEPT]);
	expect(notification?.timeline.filter((entry) => entry.category === 'DISCARDED')).toHaveLength(1);
});

describe('refuses', () => {
	it.each([
		{ what: 'a target of another transition', item: { ...claimItem(1, Transition.ACCEPT), target: State.REJECTED } },
		{ what: 'an unknown transition', item: { ...claimItem(1, Transition.ACCEPT), transition: Transition.UNSPECIFIED } },
		{ what: 'no expected state', item: { ...claimItem(1, Transition.ACCEPT), expectedStates: [] } },
		{ what: 'no author', item: { ...claimItem(1, Transition.ACCEPT), author: undefined } },
		{ what: 'an author without actor', item: { ...claimItem(1, Transition.ACCEPT), author: { actor: '' } } },
		{ what: 'a recipient that cannot be', item: { ...claimItem(1, Transition.ACCEPT), author: { ...author, recipientIndex: 5 } } },
		{
			what: 'an identity without value',
			item: { ...claimItem(1, Transition.ACCEPT), author: { ...author, natural: { scheme: 'IDENTITY_SCHEME_NIF', value: '' } as const } },
		},
	])('a claim with $what', async ({ item }) => {
		await using h = await harness({ started: false });
		await expect(h.client.claim({ items: [item] })).rejects.toMatchObject({ reason: 'ITEM_INVALID', kind: 'invalid' });
	});

	const proof = completeItem(1, Transition.ACCEPT).evidence;
	it.each([
		{ what: 'no proof', item: { ...completeItem(1, Transition.ACCEPT), evidence: undefined } },
		{ what: 'a proof of another transition', item: { ...completeItem(1, Transition.REJECT), evidence: proof } },
		{ what: 'a proof of a discard', item: { ...completeItem(1, Transition.DISCARD), evidence: proof } },
		{ what: 'a proof and a failure', item: { ...completeItem(1, Transition.DEPOSIT), failure: 'TSA_UNAVAILABLE' } },
		{ what: 'an acceptance given up', item: completeItem(1, Transition.ACCEPT, 'TSA_UNAVAILABLE') },
		{ what: 'a failure that is free text', item: completeItem(1, Transition.DEPOSIT, 'no answer for Maria') },
		{
			what: 'a digest that is none',
			item: { ...completeItem(1, Transition.ACCEPT), evidence: proof && { ...proof, sha256: new Uint8Array(3) } },
		},
		{ what: 'an unknown transition', item: completeItem(1, Transition.UNSPECIFIED) },
	])('a completion with $what', async ({ item }) => {
		await using h = await harness({ started: false });
		await expect(h.client.complete({ items: [item] })).rejects.toMatchObject({ reason: 'ITEM_INVALID', kind: 'invalid' });
	});

	it('batches and pages out of bounds', async () => {
		await using h = await harness({ started: false });
		const ids = Array.from({ length: 101 }, (_, index) => index);
		const page = { issuerCode: '', issuerReference: '', state: State.UNSPECIFIED, beforeId: 0 };
		for (const call of [
			h.client.get({ ids }),
			h.client.get({ ids: [] }),
			h.client.claim({ items: [] }),
			h.client.complete({ items: [] }),
			h.client.remind({ ids }),
			h.client.purge({ ids: [] }),
			h.client.export({ items: [] }),
			h.client.search({ ...page, limit: 0 }),
			h.client.search({ ...page, limit: 101 }),
			h.client.listClaims({ before: after(0), limit: 0 }),
		]) {
			await expect(call).rejects.toMatchObject({ reason: 'BATCH_SIZE' });
		}
		await expect(h.client.listClaims({ before: after(0), limit: 1, after: { decidedAt: undefined, id: 1 } })).rejects.toMatchObject({
			reason: 'ITEM_INVALID',
		});
		await expect(h.client.listClaims({ before: undefined, limit: 1 })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
	});
});
