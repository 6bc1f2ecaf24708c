import { armCrashpoints } from '@fefaent/kernel';
import { mongoTestDatabase } from '@fefaent/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { openMongoNotificationStore } from '../store/mongo/store.ts';
import { type BlobPlace, blobStoreContract } from './contract.ts';

function place(): BlobPlace {
	const database = mongoTestDatabase();
	const opened: { close(): Promise<void> }[] = [];
	return {
		open: async () => {
			const store = openMongoNotificationStore({ ...database.options, owner: 'one', onError: () => {} });
			opened.push(store);
			await store.prepare();
			return store.blobs;
		},
		[Symbol.asyncDispose]: async () => {
			await Promise.all(opened.map((store) => store.close()));
			await database.drop();
		},
	};
}

describe('MongoDB', () => {
	afterEach(() => armCrashpoints(undefined));

	blobStoreContract('GridFS', place);

	it('shows the new content when the process ended before the old one was removed', async () => {
		await using here = place();
		const blobs = await here.open();
		await blobs.put('a', Buffer.from('old'));
		armCrashpoints((name) => {
			if (name === 'notification.blob.uploaded') throw new Error('died');
		});
		await expect(blobs.put('a', Buffer.from('new'))).rejects.toThrow('died');
		armCrashpoints(undefined);
		expect(Buffer.from((await blobs.get('a')) ?? [])).toEqual(Buffer.from('new'));
		await blobs.put('a', Buffer.from('newer'));
		expect(Buffer.from((await blobs.get('a')) ?? [])).toEqual(Buffer.from('newer'));
	});
});
