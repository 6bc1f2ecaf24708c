import { randomBytes } from 'node:crypto';
import type { Evidence } from '@fefaent/contracts/evidence';
import { Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { type EvidenceStore, keyText } from './port.ts';

/** One named place that a store keeps its data in: opened, closed and opened again. */
export interface StorePlace extends AsyncDisposable {
	open(): Promise<EvidenceStore>;
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
			const first = await here.open();
			const stored = [evidence(1), evidence(1, Transition.ACCEPT), evidence(2 ** 53 - 1, Transition.EXPIRE)];
			expect(await first.insertMany(stored)).toEqual(stored);
			await first.close();
			const second = await here.open();
			const found = await second.findMany([...stored, evidence(1, Transition.REJECT), evidence(3)]);
			expect([...found.keys()].sort()).toEqual(stored.map(keyText).sort());
			for (const one of stored) expect(plain(found.get(keyText(one)))).toEqual(one);
			expect((await second.findMany([])).size).toBe(0);
			await second.ping();
			await second.close();
		});

		it('keeps the first of two for one key, in the same batch, in a later one, and in racing ones', async () => {
			await using here = place();
			const store = await here.open();
			const [one, two, three, other] = [evidence(1), evidence(1), evidence(1), evidence(2)];
			expect((await store.insertMany([one, two])).map((each) => each?.id)).toEqual([one.id, one.id]);
			expect((await store.insertMany([three, other])).map((each) => each?.id)).toEqual([one.id, other.id]);
			const racing = Array.from({ length: 20 }, () => evidence(3));
			const answers = await Promise.all(racing.map((each) => store.insertMany([each])));
			expect(new Set(answers.flat().map((each) => each?.id)).size).toBe(1);
			expect((await store.findMany([evidence(3)])).get(keyText(evidence(3)))?.id).toBe(answers[0]?.[0]?.id);
			await store.close();
		});

		it('stores no evidence of an abandoned decision or an earlier one, and that of a later one, after it was opened again too', async () => {
			await using here = place();
			const first = await here.open();
			const late = evidence(1);
			const decidedAt = late.decidedAt ?? new Date(0);
			const at = (ms: number, of = late) => ({ ...of, decidedAt: new Date(decidedAt.getTime() + ms) });
			for (let times = 0; times < 2; times++) expect(await first.abandonMany([at(0), at(0, evidence(2))])).toEqual([undefined, undefined]);
			expect(await first.abandonMany([at(-500)])).toEqual([undefined]);
			const accepted = evidence(1, Transition.ACCEPT);
			expect(await first.insertMany([late, at(-1), accepted])).toEqual([undefined, undefined, accepted]);
			await first.close();
			const second = await here.open();
			expect(await second.insertMany([late])).toEqual([undefined]);
			expect((await second.findMany([late])).size).toBe(0);
			const later = { ...at(1), id: 'later' };
			expect(await second.insertMany([later])).toEqual([later]);
			// What is proved cannot be abandoned any more.
			expect((await second.abandonMany([at(1), at(2)])).map((one) => one?.id)).toEqual(['later', 'later']);
			await second.close();
		});

		it('of an insertion and an abandonment that race lets one win, and tells the other', async () => {
			await using here = place();
			const store = await here.open();
			const all = Array.from({ length: 30 }, (_, index) => evidence(index + 1));
			const racing = all.map(async (one, index) => {
				const decision = { ...one, decidedAt: one.decidedAt ?? new Date(0) };
				const [insert, abandon] = [() => store.insertMany([one]), () => store.abandonMany([decision])];
				const [begun, next] = index % 2 === 0 ? [insert(), abandon()] : [abandon(), insert()];
				const [[told], [other]] = await Promise.all([begun, next]);
				return [told?.id, other?.id, (await store.findMany([one])).get(keyText(one))?.id];
			});
			for (const [told, other, stored] of await Promise.all(racing)) expect([told, other]).toEqual([stored, stored]);
			await store.close();
		});

		it('purges documents only, of the named notifications only, and lets no other evidence take their place', async () => {
			await using here = place();
			const store = await here.open();
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
