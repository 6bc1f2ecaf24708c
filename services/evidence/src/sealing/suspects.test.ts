import { describe, expect, it } from 'vitest';
import { Piece, SealingBatch } from './batch.ts';
import type { Unsealed } from './protocol.ts';
import { Suspects } from './suspects.ts';

const sealed = { xml: new Uint8Array(1), sha256: new Uint8Array(32) };
const documents = (count: number): Unsealed[] =>
	Array.from({ length: count }, (_, index) => ({ evidenceId: String(index), document: { name: 'a', content: '' } }));

/** Runs a batch by threads that end whenever they are given a document for which `kills` holds. */
async function run(count: number, kills: (id: number, death: number) => boolean): Promise<{ outcomes: string[]; deaths: number }> {
	const suspects = new Suspects();
	const batch = new SealingBatch(documents(count), new Date());
	let deaths = 0;
	for (let piece: Piece | undefined = new Piece(batch, documents(count)); piece; piece = suspects.pieces.shift()) {
		const dies = piece.documents.some(({ evidenceId }) => kills(Number(evidenceId), deaths));
		if (dies) {
			deaths++;
			suspects.add([piece]);
		} else piece.settle(piece.documents.map(() => sealed));
	}
	return { outcomes: (await batch.done).map((one) => ('xml' in one ? 'sealed' : one.reason)), deaths };
}

const expected = (count: number, failed: readonly number[]) =>
	Array.from({ length: count }, (_, index) => (failed.includes(index) ? 'SEALING_FAILED' : 'sealed'));

describe('what threads end of', () => {
	it.each([1, 2, 3, 7, 64, 200, 1_000])('is found among %i documents, wherever it stands, and fails alone', async (count) => {
		for (const poison of new Set([0, 1, Math.floor(count / 2), count - 2, count - 1])) {
			if (poison < 0 || poison >= count) continue;
			const { outcomes } = await run(count, (id) => id === poison);
			expect(outcomes).toEqual(expected(count, [poison]));
		}
	});

	it('is found twice in a batch', async () => {
		expect((await run(20, (id) => id === 3 || id === 4)).outcomes).toEqual(expected(20, [3, 4]));
	});

	it.each([1, 2, 5, 200])('once only leaves nothing behind in a batch of %i', async (count) => {
		expect(await run(count, (_, death) => death === 0)).toEqual({ outcomes: expected(count, []), deaths: 1 });
	});

	it('is everything: the batch is given up, for another try, before much time is lost', async () => {
		const { outcomes, deaths } = await run(200, () => true);
		expect(new Set(outcomes)).toEqual(new Set(['SEALING_INTERRUPTED']));
		expect(deaths).toBeLessThan(20);
	});
});
