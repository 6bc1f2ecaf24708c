import { describe, expect, it } from 'vitest';
import type { BlobStore } from './port.ts';

/** One named place that blobs are kept in: opened, and opened again. */
export interface BlobPlace extends AsyncDisposable {
	open(): Promise<BlobStore>;
}

/** What every store of blobs must do. */
export function blobStoreContract(name: string, place: () => BlobPlace): void {
	describe(`blob store: ${name}`, () => {
		it('keeps and replaces blobs, also for those who open it later', async () => {
			await using here = place();
			const blobs = await here.open();
			expect(await blobs.get('exports/DEMO/2026/1.zip')).toBeUndefined();
			await blobs.put('exports/DEMO/2026/1.zip', Buffer.from('one'));
			await blobs.put('exports/DEMO/2026/1.zip', Buffer.from('two'));
			await blobs.put('exports/DEMO/2026/2.zip', new Uint8Array());
			expect(await read(blobs, 'exports/DEMO/2026/1.zip')).toEqual(Buffer.from('two'));
			const later = await here.open();
			expect(await read(later, 'exports/DEMO/2026/1.zip')).toEqual(Buffer.from('two'));
			expect(await read(later, 'exports/DEMO/2026/2.zip')).toEqual(Buffer.alloc(0));
		});

		it('keeps large ones whole', async () => {
			await using here = place();
			const blobs = await here.open();
			const large = Buffer.alloc(3_000_001, 'abcdefg');
			await blobs.put('large', large);
			expect((await read(blobs, 'large'))?.equals(large)).toBe(true);
		});

		it('keeps one of those that are put at the same time, whole', async () => {
			await using here = place();
			const blobs = await here.open();
			const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(50_000, index));
			await Promise.all(contents.map((content) => blobs.put('same', content)));
			const found = await read(blobs, 'same');
			expect(contents.some((content) => found?.equals(content))).toBe(true);
		});

		it.each(['../x', 'a/../b', 'a//b', '/a', 'a/', '.', '', '.hidden', 'a/b\0', 'a\\b', 'x'.repeat(201)])(
			'refuses the key "%s"',
			async (key) => {
				await using here = place();
				const blobs = await here.open();
				await expect(blobs.put(key, new Uint8Array())).rejects.toThrow(RangeError);
				await expect(blobs.get(key)).rejects.toThrow(RangeError);
			},
		);
	});
}

async function read(blobs: BlobStore, key: string): Promise<Buffer | undefined> {
	const content = await blobs.get(key);
	return content && Buffer.from(content);
}
