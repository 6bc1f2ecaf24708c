import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Evidence } from '@fefaent/contracts/evidence';
import { type Document, type Notification, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints, ManualClock } from '@fefaent/kernel';
import { certificatesFromPem, createAuthority, issueCertificate, toPem, verifyEvidence } from '@fefaent/pki';
import { eventually, temporaryFolder } from '@fefaent/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeSigner } from './keys/pkcs12.ts';
import type { FragileOptions } from './testing/fragile-signer.ts';
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

/** What came of each, in order: its evidence, or the reason why there is none. */
async function outcomes(client: RunningEvidence['client'], request: ReturnType<typeof items>): Promise<(Evidence | string)[]> {
	const { results } = await client.issue(request);
	return results.map(({ outcome }) => (outcome?.$case === 'evidence' ? outcome.value : (outcome?.value.reason ?? '')));
}

/** The evidences of a batch of which none may fail. */
async function issue(client: RunningEvidence['client'], request: ReturnType<typeof items>): Promise<{ evidences: Evidence[] }> {
	const all = await outcomes(client, request);
	return { evidences: all.map((one) => (typeof one === 'string' ? expect.unreachable(one) : one)) };
}

const reasons = (all: readonly (Evidence | string)[]): string[] => all.map((one) => (typeof one === 'string' ? one : 'sealed'));

async function verified(client: RunningEvidence['client'], xml: Uint8Array) {
	const trust = await client.getTrust({});
	return verifyEvidence(xml, { signers: certificatesFromPem(trust.signerCaPem), timeStamping: certificatesFromPem(trust.tsaCaPem) });
}

describe('Issue', () => {
	it('seals a batch, stores it, and answers it in order', async () => {
		const clock = new ManualClock('2027-03-04T05:06:07.008Z');
		const { client, stop } = await startEvidence(folder.join('ahead'), { clock });
		const { evidences } = await issue(client, items(claimed(3), claimed(1, Transition.ACCEPT), claimed(2, Transition.EXPIRE)));
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
		const calls = Array.from({ length: 12 }, () => issue(first.client, items(claimed(1), claimed(2), claimed(1))));
		const answers = (await Promise.all(calls)).map(({ evidences }) => evidences.map((one) => one.id));
		const [one, two] = answers[0] ?? [];
		expect(one).not.toBe(two);
		for (const ids of answers) expect(ids).toEqual([one, two, one]);
		const changed = claimed(1, Transition.DEPOSIT, { draft: draft({ title: 'Another' }) });
		expect((await issue(first.client, items(changed))).evidences[0]).toMatchObject({ id: one, decidedAt: changed.claim?.decidedAt });
		await first.stop();
		const second = await startEvidence(folder.join('again'));
		const again = await issue(second.client, items(claimed(2), claimed(1), claimed(1, Transition.REJECT)));
		expect(again.evidences.slice(0, 2).map((each) => each.id)).toEqual([two, one]);
		expect([one, two]).not.toContain(again.evidences[2]?.id);
		await second.stop();
	});

	it('answers what somebody else stored first while it was sealing', async () => {
		const { client, store } = shared;
		const [taken, free] = [newId(), newId()];
		const decidedAt = claimed(taken).claim?.decidedAt;
		const [xml, sha256] = [Uint8Array.of(1), Uint8Array.of(2)];
		const rival = { id: 'rival', ...key(taken), xml, sha256, issuedAt: new Date(0), decidedAt, level: 'B-T' };
		armCrashpoints(async (point) => {
			if (point === 'evidence.issue.before-store') await store.insertMany([rival]);
		});
		const { evidences } = await issue(client, items(claimed(taken), claimed(free)));
		expect(evidences.map((one) => one.id === 'rival')).toEqual([true, false]);
	});

	it('proves nothing without a claim, and all else of the batch', async () => {
		const { client } = shared;
		const [one, two, three] = [newId(), newId(), newId()];
		const batch = items(claimed(one), { ...claimed(two), claim: undefined }, claimed(three, Transition.DISCARD));
		expect(reasons(await outcomes(client, batch))).toEqual(['sealed', 'CLAIM_MISSING', 'TRANSITION_WITHOUT_EVIDENCE']);
		const { results } = await client.get({ keys: [key(one), key(two)] });
		expect(results.map(({ evidence }) => evidence?.notificationId)).toEqual([one, undefined]);
	});

	it('proves a decision made again at its own instant, not at that of one given up before, however late that one was sealed', async () => {
		const { client } = shared;
		const id = newId();
		const first = claimed(id);
		const decidedAt = first.claim?.decidedAt ?? new Date(0);
		const later = { ...first, claim: { ...first.claim, decidedAt: new Date(decidedAt.getTime() + 20 * 86_400_000) } } as Notification;
		const sealed = Promise.withResolvers<void>();
		const goOn = Promise.withResolvers<void>();
		let held = false;
		armCrashpoints((point) => {
			if (point !== 'evidence.issue.before-store' || held) return;
			held = true;
			sealed.resolve();
			return goOn.promise;
		});
		const late = outcomes(client, items(first));
		await sealed.promise;
		const abandon = async (at: Date) => (await client.abandon({ items: [{ ...key(id), decidedAt: at }] })).results[0]?.evidence?.decidedAt;
		expect(await abandon(decidedAt)).toBeUndefined();
		// Asked for while the abandoned one is still under way.
		const { evidences } = await issue(client, items(later));
		goOn.resolve();
		expect(reasons(await late)).toEqual(['OTHER_DECISION_PROVED']);
		expect(evidences[0]?.decidedAt).toEqual(later.claim?.decidedAt);
		expect(Buffer.from(evidences[0]?.xml ?? []).toString()).toContain(
			`<DataDiposit>${later.claim?.decidedAt?.toISOString()}</DataDiposit>`,
		);
		expect(await abandon(later.claim?.decidedAt ?? new Date(0))).toEqual(later.claim?.decidedAt);
		expect(await abandon(decidedAt)).toBeUndefined();
	});

	it('seals nothing for a decision given up, and says so', async () => {
		const { client } = shared;
		const [gone, kept] = [newId(), newId()];
		const decidedAt = claimed(gone).claim?.decidedAt;
		await client.abandon({ items: [{ ...key(gone), decidedAt }] });
		expect(reasons(await outcomes(client, items(claimed(gone), claimed(kept))))).toEqual(['DECISION_ABANDONED', 'sealed']);
		await expect(client.abandon({ items: [{ ...key(gone), decidedAt: undefined }] })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
	});

	it('seals what came with a document that cannot be built, which fails alone', async () => {
		const { client } = shared;
		const [poison, companion, stranger] = [newId(), newId(), newId()];
		const [document] = documents(1);
		const broken = claimed(poison, Transition.DEPOSIT, {
			draft: draft({ documents: [{ ...document, digest: new Uint8Array(2_000_000) } as Document] }),
		});
		// Begun together, they are one batch.
		const both = await Promise.all([client.issue(items(claimed(companion), broken)), client.issue(items(claimed(stranger)))]);
		expect(both.map(({ results }) => results.map(({ outcome }) => outcome))).toMatchObject([
			[
				{ $case: 'evidence', value: { notificationId: companion } },
				{ $case: 'failure', value: { reason: 'SEALING_FAILED', retryable: false } },
			],
			[{ $case: 'evidence', value: { notificationId: stranger } }],
		]);
		expect((await client.get({ keys: [key(poison)] })).results[0]?.evidence).toBeUndefined();
	});

	it('seals what came with a document that the key does not sign, says so, and seals it when asked again', async () => {
		const root = await createAuthority({ commonName: 'authority', days: 10 });
		const key = await issueCertificate(root, { commonName: 'signer', purpose: 'sign', days: 10 });
		await using tsa = await startTsaServer(await issueCertificate(root, { commonName: 'tsa', purpose: 'timestamp', days: 10 }));
		writeFileSync(folder.join('token-tsa.pem'), toPem('CERTIFICATE', root.certificate));
		const module = new URL('./testing/fragile-signer.ts', import.meta.url).href;
		const pkcs8 = new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' }));
		const options: FragileOptions = { pkcs8, journal: folder.join('token-journal'), faults: 1, kind: 'refuse' };
		const signer = { load: async () => ({ ...describeSigner(key), module, options }) };
		const env = { FEFAENT_EVIDENCE_TSA_URL: tsa.url, FEFAENT_EVIDENCE_TSA_CA: folder.join('token-tsa.pem') };
		const { client, service, stop } = await startEvidence(folder.join('token'), { env, signer });
		const check = async () => (await service.readiness()).checks.find(({ name }) => name === 'sealing');
		expect(await check()).toEqual({ name: 'sealing', ok: true });
		// The first of the batch is the one that is refused.
		const { results } = await client.issue(items(...Array.from({ length: 100 }, (_, index) => claimed(index + 1))));
		expect(results[0]?.outcome).toMatchObject({ $case: 'failure', value: { reason: 'SIGNER_UNAVAILABLE', retryable: true } });
		expect(results.flatMap(({ outcome }) => (outcome?.$case === 'evidence' ? outcome.value.notificationId : []))).toEqual(
			Array.from({ length: 99 }, (_, index) => index + 2),
		);
		expect(await check()).toMatchObject({ ok: false, reason: expect.stringMatching(/^SIGNER_UNAVAILABLE: .*; since 20/) });
		expect(await service.readiness()).toMatchObject({ ready: true });
		expect((await issue(client, items(claimed(1)))).evidences).toHaveLength(1);
		expect(await check()).toEqual({ name: 'sealing', ok: true });
		await stop();
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
		expect(new Set(reasons(await outcomes(client, batch)))).toEqual(new Set(['TSA_UNAVAILABLE']));
		const keys = batch.items.map((_, index) => key(index + 1));
		expect((await client.get({ keys })).results.filter((one) => one.evidence)).toEqual([]);
		down = false;
		const { evidences } = await issue(client, batch);
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
		expect((await issue(client, items(claimed(id)))).evidences).toHaveLength(1);
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
		const { evidences } = await issue(client, items(claimed(id)));
		const { results } = await client.get({ keys: [key(id), key(id, Transition.ACCEPT), key(id)] });
		expect(results.map((one) => one.evidence?.id)).toEqual([evidences[0]?.id, undefined, evidences[0]?.id]);
	});

	it('forgets the documents of purged notifications, for good', async () => {
		const { client } = shared;
		const [purged, kept] = [newId(), newId()];
		const { evidences } = await issue(client, items(claimed(purged), claimed(kept)));
		await client.purge({ notificationIds: [purged] });
		const { results } = await client.get({ keys: [key(purged), key(kept)] });
		expect(results.map((one) => one.evidence?.xml.length)).toEqual([0, evidences[1]?.xml.length]);
		expect(results[0]?.evidence?.sha256).toEqual(evidences[0]?.sha256);
		const again = await issue(client, items(claimed(purged)));
		expect(again.evidences[0]).toMatchObject({ id: evidences[0]?.id, xml: new Uint8Array() });
	});

	it('tells whom to trust, and that it is a test', async () => {
		expect(await shared.client.getTrust({})).toMatchObject({ test: true, signerCaPem: expect.stringContaining('BEGIN CERTIFICATE') });
	});

	it('is ready while it runs, finishes what it has taken when told to stop, and serves nobody then', async () => {
		const { client, service } = await startEvidence(folder.join('stopped'));
		expect(await service.readiness()).toMatchObject({ ready: true });
		expect(await service.backlog()).toBe(0);
		const issued = Array.from({ length: 5 }, (_, index) => issue(client, items(claimed(index + 1))));
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
