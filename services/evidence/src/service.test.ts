import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type Document, type Notification, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints, ManualClock } from '@fefaent/kernel';
import { certificatesFromPem, createAuthority, issueCertificate, toPem, verifyEvidence } from '@fefaent/pki';
import { eventually, temporaryFolder } from '@fefaent/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimed, documents, draft } from './testing/notifications.ts';
import { type RunningEvidence, startEvidence } from './testing/service.ts';
import { startTsaServer } from './testing/tsa-server.ts';

const folder = temporaryFolder();
/** One service for most tests: starting it is what costs. Each test has notifications of its own. */
let shared: RunningEvidence;
let nextId = 1;
const newId = () => nextId++;

beforeAll(async () => {
	shared = await startEvidence(folder.join('shared'));
});

afterEach(() => armCrashpoints(undefined));

afterAll(async () => {
	await shared.stop();
	await folder.remove();
});

const items = (...notifications: readonly Notification[]) => ({ items: notifications.map((notification) => ({ notification })) });
const key = (notificationId: number, transition: Transition = Transition.DEPOSIT) => ({ notificationId, transition });

async function verified(client: RunningEvidence['client'], xml: Uint8Array) {
	const trust = await client.getTrust({});
	return verifyEvidence(xml, { signers: certificatesFromPem(trust.signerCaPem), timeStamping: certificatesFromPem(trust.tsaCaPem) });
}

describe('Issue', () => {
	it('seals a batch, stores it, and answers it in order', async () => {
		const clock = new ManualClock('2027-03-04T05:06:07.008Z');
		const { client, stop } = await startEvidence(folder.join('ahead'), { clock });
		const { evidences } = await client.issue(items(claimed(3), claimed(1, Transition.ACCEPT), claimed(2, Transition.EXPIRE)));
		expect(evidences.map(({ notificationId, transition }) => [notificationId, transition])).toEqual([
			[3, Transition.DEPOSIT],
			[1, Transition.ACCEPT],
			[2, Transition.EXPIRE],
		]);
		for (const one of evidences) {
			expect(one).toMatchObject({ level: 'B-T', issuedAt: clock.now() });
			expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
			expect(Buffer.from(one.sha256)).toEqual(createHash('sha256').update(one.xml).digest());
			expect(await verified(client, one.xml)).toMatchObject({ valid: true, signer: expect.stringContaining('TEST') });
		}
		const { results } = await client.get({ keys: evidences.map(({ notificationId, transition }) => ({ notificationId, transition })) });
		expect(results.map((one) => one.evidence?.id)).toEqual(evidences.map((one) => one.id));
		await stop();
	});

	it('answers the first one again: in the same batch, in racing calls, with other facts, after a restart', async () => {
		const first = await startEvidence(folder.join('again'));
		const calls = Array.from({ length: 12 }, () => first.client.issue(items(claimed(1), claimed(2), claimed(1))));
		const answers = (await Promise.all(calls)).map(({ evidences }) => evidences.map((one) => one.id));
		const [one, two] = answers[0] ?? [];
		expect(one).not.toBe(two);
		for (const ids of answers) expect(ids).toEqual([one, two, one]);
		const later = claimed(1);
		const changed = { ...later, claim: { ...later.claim, decidedAt: new Date('2030-01-01T00:00:00Z') } } as Notification;
		expect((await first.client.issue(items(changed))).evidences[0]).toMatchObject({ id: one, decidedAt: later.claim?.decidedAt });
		await first.stop();
		const second = await startEvidence(folder.join('again'));
		const again = await second.client.issue(items(claimed(2), claimed(1), claimed(1, Transition.REJECT)));
		expect(again.evidences.slice(0, 2).map((each) => each.id)).toEqual([two, one]);
		expect([one, two]).not.toContain(again.evidences[2]?.id);
		await second.stop();
	});

	it('answers what somebody else stored first while it was sealing', async () => {
		const { client, store } = shared;
		const [taken, free] = [newId(), newId()];
		const rival = { id: 'rival', ...key(taken), xml: Uint8Array.of(1), sha256: Uint8Array.of(2), issuedAt: new Date(0), level: 'B-T' };
		armCrashpoints(async (point) => {
			if (point === 'evidence.issue.before-store') await store.insertMany([rival]);
		});
		const { evidences } = await client.issue(items(claimed(taken), claimed(free)));
		expect(evidences.map((one) => one.id === 'rival')).toEqual([true, false]);
	});

	it('proves nothing without a claim, and then nothing of the batch', async () => {
		const { client } = shared;
		const [one, two] = [newId(), newId()];
		const unclaimed = { ...claimed(two), claim: undefined };
		await expect(client.issue(items(claimed(one), unclaimed))).rejects.toMatchObject({
			reason: 'CLAIM_MISSING',
			details: { id: String(two) },
		});
		await expect(client.issue(items(claimed(one, Transition.DISCARD)))).rejects.toMatchObject({ reason: 'TRANSITION_WITHOUT_EVIDENCE' });
		expect((await client.get({ keys: [key(one), key(two)] })).results).toEqual([{ evidence: undefined }, { evidence: undefined }]);
	});

	it('seals what strangers ask for beside a document that cannot be built, which fails its own caller alone', async () => {
		const { client } = shared;
		const [poison, companion, stranger] = [newId(), newId(), newId()];
		const [document] = documents(1);
		const broken = claimed(poison, Transition.DEPOSIT, {
			draft: draft({ documents: [{ ...document, digest: new Uint8Array(2_000_000) } as Document] }),
		});
		// Begun together, they are one batch.
		const [own, others] = await Promise.allSettled([
			client.issue(items(claimed(companion), broken)),
			client.issue(items(claimed(stranger))),
		]);
		expect(own).toMatchObject({ status: 'rejected', reason: { reason: 'SEALING_FAILED', retryable: false } });
		expect(others).toMatchObject({ status: 'fulfilled', value: { evidences: [{ notificationId: stranger }] } });
		await expect(client.issue(items(broken))).rejects.toMatchObject({ reason: 'SEALING_FAILED' });
		expect((await client.issue(items(claimed(companion)))).evidences).toHaveLength(1);
		expect((await client.get({ keys: [key(poison)] })).results[0]?.evidence).toBeUndefined();
	});

	it('stores nothing while the time-stamping authority fails, and all of it when asked again', async () => {
		const root = await createAuthority({ commonName: 'authority', days: 10 });
		let down = true;
		await using tsa = await startTsaServer(
			await issueCertificate(root, { commonName: 'tsa', purpose: 'timestamp', days: 10 }),
			(request) => (down && request > 3 ? 'status' : undefined),
		);
		writeFileSync(folder.join('tsa.pem'), toPem('CERTIFICATE', root.certificate));
		const env = { FEFAENT_EVIDENCE_TSA_URL: tsa.url, FEFAENT_EVIDENCE_TSA_CA: folder.join('tsa.pem'), FEFAENT_EVIDENCE_TSA_ATTEMPTS: '1' };
		const { client, stop } = await startEvidence(folder.join('http'), { env });
		const batch = items(...Array.from({ length: 10 }, (_, index) => claimed(index + 1)));
		await expect(client.issue(batch)).rejects.toMatchObject({ reason: 'TSA_UNAVAILABLE', kind: 'unavailable' });
		const keys = batch.items.map((_, index) => key(index + 1));
		expect((await client.get({ keys })).results.filter((one) => one.evidence)).toEqual([]);
		down = false;
		const { evidences } = await client.issue(batch);
		expect(evidences).toHaveLength(10);
		for (const one of evidences) expect(await verified(client, one.xml)).toMatchObject({ valid: true });
		await stop();
	});

	it('cut short before it is stored leaves nothing, and is repeated', async () => {
		const { client } = shared;
		const id = newId();
		armCrashpoints((point) => {
			if (point === 'evidence.issue.before-store') throw new Error('cut short');
		});
		await expect(client.issue(items(claimed(id)))).rejects.toMatchObject({ reason: 'INTERNAL' });
		armCrashpoints(undefined);
		expect((await client.get({ keys: [key(id)] })).results[0]?.evidence).toBeUndefined();
		expect((await client.issue(items(claimed(id)))).evidences).toHaveLength(1);
	});

	it('keeps its bounds', async () => {
		const { client } = shared;
		const many = Array.from({ length: 101 }, () => claimed(newId()));
		await expect(client.issue(items())).rejects.toMatchObject({ reason: 'BATCH_SIZE' });
		await expect(client.issue(items(...many))).rejects.toMatchObject({ reason: 'BATCH_SIZE' });
		await expect(client.issue({ items: [{ notification: undefined }] })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
		await expect(client.issue(items(claimed(0)))).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
		await expect(client.get({ keys: [key(1, Transition.UNSPECIFIED)] })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
		await expect(client.purge({ notificationIds: [-1] })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
	});
});

describe('the rest of the service', () => {
	it('answers a key asked twice twice, and nothing for one that is unknown', async () => {
		const { client } = shared;
		const id = newId();
		const { evidences } = await client.issue(items(claimed(id)));
		const { results } = await client.get({ keys: [key(id), key(id, Transition.ACCEPT), key(id)] });
		expect(results.map((one) => one.evidence?.id)).toEqual([evidences[0]?.id, undefined, evidences[0]?.id]);
	});

	it('forgets the documents of purged notifications, for good', async () => {
		const { client } = shared;
		const [purged, kept] = [newId(), newId()];
		const { evidences } = await client.issue(items(claimed(purged), claimed(kept)));
		await client.purge({ notificationIds: [purged] });
		const { results } = await client.get({ keys: [key(purged), key(kept)] });
		expect(results.map((one) => one.evidence?.xml.length)).toEqual([0, evidences[1]?.xml.length]);
		expect(results[0]?.evidence?.sha256).toEqual(evidences[0]?.sha256);
		const again = await client.issue(items(claimed(purged)));
		expect(again.evidences[0]).toMatchObject({ id: evidences[0]?.id, xml: new Uint8Array() });
	});

	it('tells whom to trust, and that it is a test', async () => {
		expect(await shared.client.getTrust({})).toMatchObject({ test: true, signerCaPem: expect.stringContaining('BEGIN CERTIFICATE') });
	});

	it('is ready while it runs, finishes what it has taken when told to stop, and serves nobody then', async () => {
		const { client, service } = await startEvidence(folder.join('stopped'));
		expect(await service.readiness()).toMatchObject({ ready: true });
		expect(await service.backlog()).toBe(0);
		const issued = Array.from({ length: 5 }, (_, index) => client.issue(items(claimed(index + 1))));
		await eventually(async () => (await service.backlog()) === 5);
		await service.stop();
		await service.stop();
		await Promise.all(issued);
		expect(await service.readiness()).toMatchObject({ ready: false });
		await expect(client.issue(items(claimed(6)))).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
		const { client: next, stop } = await startEvidence(folder.join('stopped'));
		const { results } = await next.get({ keys: issued.map((_, index) => key(index + 1)) });
		expect(results.map((one) => one.evidence?.level)).toEqual(Array(5).fill('B-T'));
		await stop();
	});
});
