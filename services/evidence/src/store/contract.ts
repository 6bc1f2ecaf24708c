import { randomBytes } from 'node:crypto';
import type { Evidence } from '@fefaent/contracts/evidence';
import { Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { type EvidenceStore, keyText } from './port.ts';

/** One named place that a store keeps its data in: opened, closed and opened again. */
export interface StorePlace extends AsyncDisposable {
	open(): EvidenceStore;
}

function evidence(notificationId: number, transition: Transition = Transition.DEPOSIT): Evidence {
	const issuedAt = new Date('2026-11-22T10:00:00.123Z');
	const xml = new Uint8Array(randomBytes(500));
	return {
		id: randomBytes(16).toString('hex'),
		notificationId,
		transition,
		xml,
		sha256: new Uint8Array(randomBytes(32)),
		issuedAt,
		decidedAt: new Date('2026-11-22T09:59:00.456Z'),
		level: 'B-T',
	};
}

/** What every evidence store keeps to, whichever the engine. */
export function evidenceStoreContract(name: string, place: () => StorePlace): void {
	describe(`evidence store: ${name}`, () => {
		it('finds what was stored, after it was opened again, and nothing else', async () => {
			await using here = place();
			const first = here.open();
			const stored = [evidence(1), evidence(1, Transition.ACCEPT), evidence(2 ** 53 - 1, Transition.EXPIRE)];
			expect(await first.insertMany(stored)).toEqual(stored);
			await first.close();
			const second = here.open();
			const found = await second.findMany([...stored, evidence(1, Transition.REJECT), evidence(3)]);
			expect([...found.keys()].sort()).toEqual(stored.map(keyText).sort());
			for (const one of stored) expect(plain(found.get(keyText(one)))).toEqual(one);
			expect((await second.findMany([])).size).toBe(0);
			await second.ping();
			await second.close();
		});

		it('keeps the first of two for one key, in the same batch, in a later one, and in racing ones', async () => {
			await using here = place();
			const store = here.open();
			const [one, two, three, other] = [evidence(1), evidence(1), evidence(1), evidence(2)];
			expect((await store.insertMany([one, two])).map((each) => each.id)).toEqual([one.id, one.id]);
			expect((await store.insertMany([three, other])).map((each) => each.id)).toEqual([one.id, other.id]);
			const racing = Array.from({ length: 20 }, () => evidence(3));
			const answers = await Promise.all(racing.map((each) => store.insertMany([each])));
			expect(new Set(answers.flat().map((each) => each.id)).size).toBe(1);
			expect((await store.findMany([evidence(3)])).get(keyText(evidence(3)))?.id).toBe(answers[0]?.[0]?.id);
			await store.close();
		});

		it('purges documents only, of the named notifications only, and lets no other evidence take their place', async () => {
			await using here = place();
			const store = here.open();
			const purged = [evidence(1), evidence(1, Transition.REJECT)];
			const kept = evidence(2);
			await store.insertMany([...purged, kept]);
			for (let times = 0; times < 2; times++) await store.purge([1, 99]);
			const found = await store.findMany([...purged, kept]);
			for (const one of purged) expect(plain(found.get(keyText(one)))).toEqual({ ...one, xml: new Uint8Array() });
			expect(plain(found.get(keyText(kept)))).toEqual(kept);
			const [again] = await store.insertMany([evidence(1)]);
			expect(again?.id).toBe(purged[0]?.id);
			expect(again?.xml.length).toBe(0);
			await store.close();
		});
	});
}

/** Whatever the engine's kind of byte array. */
function plain(one: Evidence | undefined): Evidence | undefined {
	return one && { ...one, xml: Uint8Array.from(one.xml), sha256: Uint8Array.from(one.sha256) };
}
