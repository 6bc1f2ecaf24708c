import { finished } from 'node:stream/promises';
import { crashpoint } from '@fefaent/kernel';
import { type MongoDatabase, type MongoMigration, mongo } from '@fefaent/store-kit/mongo';
import { segmentsOf } from './key.ts';
import type { BlobStore } from './port.ts';

/** The bucket's indexes: the driver would make them at the first request. */
export const blobIndexes: NonNullable<MongoMigration['indexes']> = [
	{ collection: 'fs.files', key: { filename: 1, uploadDate: 1 } },
	{ collection: 'fs.chunks', key: { files_id: 1, n: 1 }, unique: true },
];

/** Blobs in GridFS, in the database of their owner. */
export function gridFsBlobs(db: MongoDatabase): BlobStore {
	let opened: mongo.GridFSBucket | undefined;
	const bucket = () => {
		const { db: native } = db.connection;
		if (!native) throw new Error('the database is not connected');
		opened ??= new mongo.GridFSBucket(native);
		return opened;
	};
	return {
		put: async (key, content) => {
			segmentsOf(key);
			await db.run(async () => {
				// Seen from when its last part is written; those before it go after that. So there is always one that is whole.
				const upload = bucket().openUploadStream(key);
				upload.end(Buffer.from(content));
				await finished(upload);
				await crashpoint('notification.blob.uploaded');
				const all = await bucket().find({ filename: key }).sort({ uploadDate: 1, _id: 1 }).toArray();
				for (const { _id } of all.slice(0, -1)) await bucket().delete(_id).catch(unlessGone);
			});
		},
		get: async (key) => {
			segmentsOf(key);
			return db.run(async () => {
				for (;;) {
					const [latest] = await bucket().find({ filename: key }).sort({ uploadDate: -1, _id: -1 }).limit(1).toArray();
					if (!latest) return undefined;
					const content = await download(bucket(), latest);
					if (content) return content;
					// A newer one took its place while it was read.
				}
			});
		},
	};
}

async function download(bucket: mongo.GridFSBucket, { _id }: mongo.GridFSFile): Promise<Uint8Array | undefined> {
	try {
		return Buffer.concat((await bucket.openDownloadStream(_id).toArray()) as Buffer[]);
	} catch (error) {
		const [still] = await bucket.find({ _id }).toArray();
		if (still) throw error;
		return undefined;
	}
}

function unlessGone(error: unknown): void {
	if (!(error instanceof mongo.MongoRuntimeError && error.message.startsWith('File not found'))) throw error;
}
