import { join } from 'node:path';
import { Transition } from '@fefaent/contracts/notification';
import { systemClock } from '@fefaent/kernel';
import { createAuthority, issueCertificate, verifyEvidence } from '@fefaent/pki';
import { silentLogger } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { evidenceDocument } from '../domain/document.ts';
import { factsOf } from '../domain/facts.ts';
import { describeSigner } from '../keys/pkcs12.ts';
import type { SignerDescription } from '../keys/port.ts';
import type { FragileOptions } from '../testing/fragile-signer.ts';
import { claimed } from '../testing/notifications.ts';
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

function pool(signer: SignerDescription, change: { workers?: number; maxWaiting?: number } = {}): SealingPool {
	return new SealingPool({ setup: { signer, authority }, workers: 1, maxWaiting: 100, logger: silentLogger, ...change });
}

function fragile(folder: string, kind: FragileOptions['kind'], faults: number): SignerDescription {
	const module = new URL('../testing/fragile-signer.ts', import.meta.url).href;
	const options: FragileOptions = { pkcs8, journal: join(folder, 'journal'), faults, kind };
	return { ...describeSigner(key), module, options };
}

const documents = (count: number): Unsealed[] =>
	Array.from({ length: count }, (_, index) => {
		const evidenceId = `0000-${index}`;
		return { evidenceId, document: evidenceDocument(factsOf(claimed(index + 1, Transition.DEPOSIT)), evidenceId) };
	});

describe('sealing threads', () => {
	it('seal batches in order, each document whole', async () => {
		const sealing = pool(describeSigner(key), { workers: 2 });
		const batches = await Promise.all(Array.from({ length: 6 }, () => sealing.seal(documents(7), systemClock.now())));
		for (const sealed of batches) {
			expect(sealed).toHaveLength(7);
			for (const [index, one] of sealed.entries()) {
				const report = await verifyEvidence(one.xml, trust);
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
		const { signingTime, provenTime } = await verifyEvidence(sealed?.xml ?? new Uint8Array(), trust);
		expect(signingTime?.getTime()).toBe(Math.floor(at.getTime() / 1000) * 1000);
		expect((provenTime?.getTime() ?? 0) - at.getTime()).toBeGreaterThanOrEqual(0);
		expect((provenTime?.getTime() ?? 0) - at.getTime()).toBeLessThan(60_000);
		await sealing.stop();
	});

	it('are replaced when one dies, and what it had is done again', async () => {
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'die', 2));
		const sealed = await Promise.all([sealing.seal(documents(3), systemClock.now()), sealing.seal(documents(2), systemClock.now())]);
		expect(sealed.map((one) => one.length)).toEqual([3, 2]);
		await sealing.stop();
	});

	it('give up a batch that they keep dying of, and go on with the next', async () => {
		await using folder = temporaryFolder();
		const sealing = pool(fragile(folder.path, 'die', 3));
		await expect(sealing.seal(documents(1), systemClock.now())).rejects.toMatchObject({ reason: 'SEALING_FAILED' });
		expect(await sealing.seal(documents(1), systemClock.now())).toHaveLength(1);
		await sealing.stop();
	});

	it.each(['refuse', 'closed'] as const)(
		'fail the batch as a whole when the key will not (%s), and work when it does again',
		async (kind) => {
			await using folder = temporaryFolder();
			const sealing = pool(fragile(folder.path, kind, 1));
			await expect(sealing.seal(documents(5), systemClock.now())).rejects.toMatchObject({
				reason: 'SIGNER_UNAVAILABLE',
				kind: 'unavailable',
			});
			expect(await sealing.seal(documents(5), systemClock.now())).toHaveLength(5);
			await sealing.stop();
		},
	);

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
