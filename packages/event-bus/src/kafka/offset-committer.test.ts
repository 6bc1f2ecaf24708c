import { expect, test } from 'vitest';
import { OffsetCommitter } from './offset-committer.ts';
import { PartitionReader } from './partition-reader.ts';

test('what is done while a hurried commit is under way is committed after it, though nothing more happens', async () => {
	const reader = new PartitionReader('t', 0, 't', () => {});
	reader.start(0, []);
	reader.push(
		[0, 1].map((offset) => ({ offset: String(offset), key: null, value: null, timestamp: '', attributes: 0, headers: {} })),
		1,
	);
	const entries = reader.read(2);
	const settle = (index: number) => entries[index] && reader.settle(entries[index]);
	const written = Promise.withResolvers<void>();
	const committed: string[] = [];
	const committer = new OffsetCommitter({
		group: 'g',
		everyMs: 5,
		readers: () => [reader],
		onError: (error) => {
			throw error;
		},
	});
	committer.use(async ({ topics }) => {
		committed.push(...topics.flatMap(({ partitions }) => partitions.map(({ offset }) => offset)));
		if (committed.length === 1) await written.promise;
	});
	settle(0);
	committer.hurry();
	await expect.poll(() => committed).toEqual(['1']);
	settle(1);
	committer.noticed();
	written.resolve();
	await expect.poll(() => committed).toEqual(['1', '2']);
	await committer.close();
});
