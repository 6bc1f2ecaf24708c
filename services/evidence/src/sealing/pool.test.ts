import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Transition } from '@fefaent/contracts/notification';
import { systemClock } from '@fefaent/kernel';
import { createAuthority, issueCertificate, verifyEvidence } from '@fefaent/pki';
import { silentLogger } from '@fefaent/service-kit';
import { eventually, temporaryFolder } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { evidenceDocument } from '../domain/document.ts';
import { factsOf } from '../domain/facts.ts';
import { describeSigner } from '../keys/pkcs12.ts';
import type { SignerDescription } from '../keys/port.ts';
import type { FragileOptions } from '../testing/fragile-signer.ts';
import { claimed } from '../testing/notifications.ts';
import type { SealingOutcome } from './batch.ts';
import { SealingPool } from './pool.ts';
import type { Unsealed } from './protocol.ts';

const root = await createAuthority({ commonName: 'authority', days: 10 });
const key = await issueCertificate(root, { commonName: 'signer', purpose: 'sign', days: 10 });
const tsa = await issueCertificate(root, { commonName: 'tsa', purpose: 'timestamp', days: 10 });
const trust = { signers: [root.certificate], timeStamping: [root.certificate] };
const pkcs8 = new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' }));
const authority = {
	kind: 'built-in' as const,
	certificate: tsa.certificate,
	chain: [],
	pkcs8: new Uint8Array(tsa.privateKey.export({ format: 'der', type: 'pkcs8' })),
};

function pool(signer: SignerDescription, change: { workers?: number; maxWaiting?: number; jobMs?: number } = {}): SealingPool {
	return new SealingPool({ setup: { signer, authority }, workers: 1, maxWaiting: 100, jobMs: 60_000, logger: silentLogger, ...change });
}

function fragile(folder: string, kind: FragileOptions['kind'], faults: number, only?: string): SignerDescription {
	const module = new URL('../testing/fragile-signer.ts', import.meta.url).href;
	const options: FragileOptions = { pkcs8, journal: join(folder, 'journal'), faults, kind, ...(only !== undefined && { only }) };
	return { ...describeSigner(key), module, options };
}

/** How each document of a batch went: `sealed`, or the reason of its failure. */
const told = (outcomes: readonly SealingOutcome[]): string[] => outcomes.map((one) => ('xml' in one ? 'sealed' : one.reason));
const xmlOf = (one?: SealingOutcome): Uint8Array => (one && 'xml' in one ? one.xml : new Uint8Array());
const all = (count: number, what = 'sealed'): string[] => Array.from({ length: count }, () => what);
const except = (count: number, index: number, what: string): string[] => all(count).with(index, what);

const documents = (count: number, series = '0000'): Unsealed[] =>
	Array.from({ length: count }, (_, index) => {
		const evidenceId = `${series}-${index}`;
		return { evidenceId, document: evidenceDocument(factsOf(claimed(index + 1, Transition.DEPOSIT)), evidenceId) };
	});

describe('sealing threads', () => {
	it('seal batches in order, each document whole', async () => {
		const sealing = pool(describeSigner(key), { workers: 2 });
		const batches = await Promise.all(Array.from({ length: 6 }, () => sealing.seal(documents(7), systemClock.now())));
		for (const sealed of batches) {
			expect(sealed).toHaveLength(7);
			for (const [index, one] of sealed.entries()) {
				const report = await verifyEvidence(xmlOf(one), trust);
				expect(report).toMatchObject({ valid: true, level: 'B-T' });
				expect(Buffer.from(report.content ?? []).toString('utf8')).toContain(`<IdNotificacio>${index + 1}</IdNotificacio>`);
			}
		}
		await sealing.stop();
	});

	it('take the time of signing and of the stamp from the environment, far ahead of the machine', async () => {
		const sealing = pool(describeSigner(key));
		const at = new Date(Date.now() + 5 * 86_400_000);
		const [sealed] = await sealing.seal(documents(1), at);
		const { signingTime, provenTime } = await verifyEvidence(xmlOf(sealed), trust);
		expect(signingTime?.getTime()).toBe(Math.floor(at.getTime() / 1000) * 1000);
		expect((provenTime?.getTime() ?? 0) - at.getTime()).toBeGreaterThanOrEqual(0);
		expect((provenTime?.getTime() ?? 0) - at.getTime()).toBeLessThan(60_000);
		await sealing.stop();
	});

	it('are replaced when one ends, and what it had is done again', async () => {
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'die', 1));
		const outcomes = await Promise.all([sealing.seal(documents(3), systemClock.now()), sealing.seal(documents(2), systemClock.now())]);
		expect(outcomes.map(told)).toEqual([all(3), all(2)]);
		expect(readFileSync(folder.join('journal'), 'utf8')).toHaveLength(1);
		await sealing.stop();
	});

	it('that end of one document fail it alone, not what came with it or beside it', async () => {
		const poison = 7;
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'die', 1_000, `"signatura-0000-${poison}-document"`));
		const [poisoned, beside] = await Promise.all([
			sealing.seal(documents(12), systemClock.now()),
			sealing.seal(documents(3, 'other'), systemClock.now()),
		]);
		expect(told(poisoned)).toEqual(except(12, poison, 'SEALING_FAILED'));
		expect(told(beside)).toEqual(all(3));
		// The batch is done again whole, so are its halves down to the document that stands alone.
		expect(readFileSync(folder.join('journal'), 'utf8').length).toBeLessThanOrEqual(8);
		await sealing.stop();
	});

	it('fail a document alone of which the sealing code throws', async () => {
		const sealing = pool(describeSigner(key));
		const [first, poison, ...others] = documents(5);
		const broken = { evidenceId: poison?.evidenceId ?? '', document: { name: 'no name', content: '' } };
		const outcomes = await sealing.seal([...(first ? [first] : []), broken, ...others], systemClock.now());
		expect(told(outcomes)).toEqual(except(5, 1, 'SEALING_FAILED'));
		for (const one of outcomes.filter((outcome) => 'xml' in outcome))
			expect(await verifyEvidence(one.xml, trust)).toMatchObject({ valid: true });
		expect(told(await sealing.seal([broken], systemClock.now()))).toEqual(['SEALING_FAILED']);
		await sealing.stop();
	});

	it('fail a document alone for which the key does not sign', async () => {
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'refuse', 1, '"signatura-0000-2-document"'));
		expect(told(await sealing.seal(documents(5), systemClock.now()))).toEqual(except(5, 2, 'SIGNER_UNAVAILABLE'));
		expect(told(await sealing.seal(documents(5), systemClock.now()))).toEqual(all(5));
		await sealing.stop();
	});

	it('fail the batch as a whole when the key does not open, and work when it does again', async () => {
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'closed', 1));
		expect(told(await sealing.seal(documents(5), systemClock.now()))).toEqual(all(5, 'SIGNER_UNAVAILABLE'));
		expect(told(await sealing.seal(documents(5), systemClock.now()))).toEqual(all(5));
		await sealing.stop();
	});

	it.each(['hang', 'spin'] as const)(
		'are given up when a key makes them %s, and what came beside it is sealed by another',
		async (kind) => {
			await using folder = temporaryFolder();
			const sealing = pool(fragile(folder.path, kind, 1, '"signatura-0000-1-document"'), { jobMs: 2_500 });
			const held = sealing.seal(documents(3), systemClock.now());
			await delay(1_500);
			const beside = sealing.seal(documents(3, 'other'), systemClock.now());
			const waiting = sealing.seal(documents(2, 'third'), systemClock.now());
			expect(told(await held)).toEqual(all(3, 'SEALING_OVERDUE'));
			expect([told(await beside), told(await waiting)]).toEqual([all(3), all(2)]);
			expect(told(await sealing.seal(documents(3), systemClock.now()))).toEqual(all(3));
			await sealing.stop();
		},
	);

	it('end without waiting for a key that never answers, when they are cut', async () => {
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'spin', 9));
		const left = [1, 2, 3].map((count) => sealing.seal(documents(count), systemClock.now()));
		await eventually(async () => existsSync(folder.join('journal')));
		const stopped = sealing.stop();
		await sealing.cut();
		await stopped;
		expect((await Promise.all(left)).map(told)).toEqual([1, 2, 3].map((count) => all(count, 'NOT_RUNNING')));
		await expect(sealing.seal(documents(1), systemClock.now())).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
	});

	it('refuse more than may wait, finish what was taken when told to stop, and take no more', async () => {
		const sealing = pool(describeSigner(key), { maxWaiting: 1 });
		const taken = [1, 2, 3].map((count) => sealing.seal(documents(count), systemClock.now()));
		await expect(sealing.seal(documents(1), systemClock.now())).rejects.toMatchObject({ reason: 'SEALING_BUSY' });
		const stopped = sealing.stop();
		expect((await Promise.all(taken)).map((one) => one.length)).toEqual([1, 2, 3]);
		await stopped;
		await expect(sealing.seal(documents(1), systemClock.now())).rejects.toMatchObject({ reason: 'NOT_RUNNING' });
	});
});
