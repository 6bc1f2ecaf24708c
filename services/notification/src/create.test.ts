import { NotificationEventType } from '@fefaent/contracts/events';
import { DraftSetting, NotificationServiceDefinition, State } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { bind, grpcClient, type RpcBinding, serveGrpc, silentLogger } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { draft, noon } from './testing/fixtures.ts';
import { createdOf, harness } from './testing/harness.ts';

it('stores a batch, answers in its order, and publishes one CREATED event each', async () => {
	await using h = await harness();
	const drafts = Array.from({ length: 100 }, (_, index) => draft({ title: `N${index}` }));
	const { results } = await h.client.create({ drafts });
	const created = results.map(createdOf);
	expect(new Set(created.map((one) => one.id)).size).toBe(100);
	const { results: found } = await h.client.get({ ids: created.map((one) => one.id) });
	expect(found.map((one) => one.notification?.draft?.title)).toEqual(drafts.map((one) => one.title));
	expect(found[0]?.notification).toMatchObject({
		id: created[0]?.id,
		iun: created[0]?.iun,
		version: 1,
		state: State.ENTERED,
		receivedAt: noon,
		draft: drafts[0],
		timeline: [{ category: 'ENTERED', at: noon, actor: 'issuer', detail: '' }],
	});
	const published = await h.published(100);
	expect(published.map(({ event }) => event.notificationId).sort((one, other) => one - other)).toEqual(created.map((one) => one.id));
	const { message, event } = published[0] as (typeof published)[number];
	expect(event).toMatchObject({
		type: NotificationEventType.CREATED,
		version: 1,
		state: State.ENTERED,
		issuerCode: 'DEMO',
		receivedAt: noon,
	});
	expect(message).toMatchObject({
		id: event.id,
		key: String(event.notificationId),
		type: 'fefaent.notification.created.v1',
		headers: {
			'ce-specversion': '1.0',
			'ce-id': event.id,
			'ce-type': 'fefaent.notification.created.v1',
			'ce-source': '/fefaent/notification',
			'ce-time': noon.toISOString(),
		},
	});
	expect(Buffer.from(message.body).toString('latin1')).not.toMatch(/Maria|12345678Z|example/);
});

it('answers the same request with the first id, another one with a conflict', async () => {
	await using h = await harness();
	const first = createdOf((await h.client.create({ drafts: [draft({ issuerReference: 'A' })] })).results[0]);
	const renamed = { issuer: { code: 'DEMO', name: 'New name' }, evidenceForm: 'EVIDENCE_FORM_SEED' } as const;
	const { results } = await h.client.create({
		drafts: [
			draft({ issuerReference: 'A' }),
			draft({ issuerReference: 'A', createdAtGiven: '2026-03-02T12:00:00' }),
			draft({ issuerReference: 'A', ...renamed }),
			draft({ issuerReference: 'B' }),
			draft({ issuerReference: 'B' }),
			draft({ issuerReference: 'B', title: 'Other' }),
			draft({ issuerReference: 'A', issuer: { code: 'OTHER', name: '' } }),
		],
	});
	const again = { $case: 'created', value: { ...first, existed: true } };
	expect(results[0]?.outcome).toEqual(again);
	expect(results[1]?.outcome).toMatchObject({ $case: 'failure', value: { reason: 'ISSUER_REFERENCE_TAKEN' } });
	// What the directory says of the issuer is no part of what the issuer wrote.
	expect(results[2]?.outcome).toEqual(again);
	expect(createdOf(results[3]).existed).toBe(false);
	expect(results[4]?.outcome).toEqual({ $case: 'created', value: { ...createdOf(results[3]), existed: true } });
	expect(results[5]?.outcome?.$case).toBe('failure');
	expect(createdOf(results[6])).toMatchObject({ existed: false });
	expect(
		(await h.client.search({ issuerCode: '', issuerReference: 'A', state: State.UNSPECIFIED, beforeId: 0, limit: 100 })).notifications,
	).toHaveLength(2);
});

it('knows a repeated request again after the settings that filled it in were changed', async () => {
	await using h = await harness();
	const { EXPIRY_DAYS, FIRST_NOTICE, REMINDER } = DraftSetting;
	const defaulted = [EXPIRY_DAYS, FIRST_NOTICE, REMINDER];
	const { results } = await h.client.create({
		drafts: [
			draft({ issuerReference: 'A', defaulted, expiryDays: 10, firstNotice: false, reminder: false }),
			draft({ issuerReference: 'A', defaulted, expiryDays: 20, firstNotice: true, reminder: true }),
			draft({ issuerReference: 'A', defaulted: [FIRST_NOTICE, REMINDER], expiryDays: 20 }),
		],
	});
	expect(createdOf(results[1])).toEqual({ ...createdOf(results[0]), existed: true });
	expect(results[2]?.outcome).toMatchObject({ $case: 'failure', value: { reason: 'ISSUER_REFERENCE_TAKEN' } });
});

it('takes drafts without a reference as often as they come', async () => {
	await using h = await harness();
	const { results } = await h.client.create({ drafts: [draft(), draft()] });
	expect(createdOf(results[0]).id).not.toBe(createdOf(results[1]).id);
});

it('stores a reference once, however many ask at once', async () => {
	await using h = await harness();
	const answers = await Promise.all(
		Array.from({ length: 40 }, (_, index) =>
			h.client.create({ drafts: [draft({ issuerReference: 'A', title: index % 2 ? 'odd' : 'even' })] }),
		),
	);
	const outcomes = answers.map(({ results }) => results[0]?.outcome);
	const created = outcomes.flatMap((outcome) => (outcome?.$case === 'created' ? [outcome.value] : []));
	expect(created.filter((one) => !one.existed)).toHaveLength(1);
	expect(new Set(created.map((one) => one.id)).size).toBe(1);
	expect(created).toHaveLength(20);
	expect(outcomes.filter((outcome) => outcome?.$case === 'failure')).toHaveLength(20);
	expect(await h.published(1)).toHaveLength(1);
});

it('refuses batches and drafts out of bounds as a whole', async () => {
	await using h = await harness();
	await expect(h.client.create({ drafts: [] })).rejects.toMatchObject({ reason: 'BATCH_SIZE', kind: 'invalid' });
	await expect(h.client.create({ drafts: Array.from({ length: 101 }, () => draft()) })).rejects.toMatchObject({ reason: 'BATCH_SIZE' });
	await expect(h.client.create({ drafts: [draft(), draft({ recipients: [] })] })).rejects.toMatchObject({
		reason: 'DRAFT_INVALID',
		details: { index: '1', field: 'recipients' },
	});
	expect(
		(await h.client.search({ issuerCode: '', issuerReference: '', state: State.UNSPECIFIED, beforeId: 0, limit: 1 })).notifications,
	).toEqual([]);
});

it('never hands out an id again after a restart', async () => {
	await using h = await harness();
	const before = await h.created();
	await h.restart();
	expect(await h.created()).toBeGreaterThan(before);
});

it('stores a call once that is repeated because its answer got lost, with or without references', async () => {
	await using h = await harness();
	const { handlers } = h.service.rpc[0] as unknown as RpcBinding<typeof NotificationServiceDefinition>;
	let attempts = 0;
	const losing = {
		...handlers,
		create: async (...call: Parameters<typeof handlers.create>) => {
			const answer = await handlers.create(...call);
			if (++attempts === 1) throw new DomainError('GONE', 'unavailable', 'the connection broke');
			return answer;
		},
	};
	const server = await serveGrpc([bind(NotificationServiceDefinition, losing)], {
		host: '127.0.0.1',
		port: 0,
		logger: silentLogger,
		health: h.service,
	});
	const client = grpcClient(NotificationServiceDefinition, { address: `127.0.0.1:${server.port}`, caller: 'gateway' });
	try {
		const drafts = [draft(), draft(), draft({ issuerReference: 'A' })];
		const { results } = await client.create({ drafts });
		expect(attempts).toBe(2);
		expect(results.map((one) => createdOf(one).existed)).toEqual([true, true, true]);
		const ids = results.map((one) => createdOf(one).id);
		expect(new Set(ids).size).toBe(3);
		const { notifications } = await h.client.search({
			issuerCode: '',
			issuerReference: '',
			state: State.UNSPECIFIED,
			beforeId: 0,
			limit: 100,
		});
		expect(notifications.map((one) => one.id).sort()).toEqual(ids.sort());
		// The issuer gave no reference, and is shown none.
		expect(notifications.filter((one) => one.draft?.issuerReference === '')).toHaveLength(2);
		// Another call with the same content is another matter.
		expect((await client.create({ drafts })).results.map((one) => createdOf(one).existed)).toEqual([false, false, true]);
	} finally {
		client.close();
		await server.stop();
	}
});
