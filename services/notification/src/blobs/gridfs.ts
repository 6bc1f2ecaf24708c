import { finished } from 'node:stream/promises';
import { crashpoint } from '@fefaent/kernel';
import { type MongoDatabase, type MongoMigration, mongo } from '@fefaent/store-kit/mongo';
import { blobError } from './errors.ts';
import { BlobRegister } from './gridfs-register.ts';
import { segmentsOf } from './key.ts';
import type { BlobStore } from './port.ts';

/** The bucket's indexes: the driver would make them at the first request. */
export const blobIndexes: NonNullable<MongoMigration['indexes']> = [
	{ collection: 'fs.files', key: { filename: 1, uploadDate: 1 } },
	{ collection: 'fs.chunks', key: { files_id: 1, n: 1 }, unique: true },
];

/** Blobs in GridFS, some of whose files have to be removed by and by. */
export interface GridFsBlobs extends BlobStore {
	/** Removes what uploads left that broke off, and what replaced blobs left where removing it failed: some of it. @returns whether there may be more */
	sweep(): Promise<boolean>;
}

/** Blobs looked at in one round. */
const sweptAtOnce = 100;

/**
 * Blobs in GridFS, in the database of their owner. A file is noted before it is uploaded, becomes the blob's content by one write, and is removed once
 * another one did; a process that ends in between leaves nothing that {@link GridFsBlobs.sweep} does not find.
 * @param onError told of what could not be removed yet
 */
export function gridFsBlobs(db: MongoDatabase, onError: (error: unknown, where: string) => void): GridFsBlobs {
	const register = new BlobRegister(db);
	const native = () => {
		if (!db.connection.db) throw new Error('the database is not connected');
		return db.connection.db;
	};
	let opened: mongo.GridFSBucket | undefined;
	const bucket = () => {
		opened ??= new mongo.GridFSBucket(native());
		return opened;
	};
	const removeFile = async (id: mongo.ObjectId) => {
		await native().collection('fs.files').deleteOne({ _id: id });
		await native().collection('fs.chunks').deleteMany({ files_id: id });
	};
	const discard = async (key: string, id: mongo.ObjectId) => {
		if (!(await register.withdraw(key, id))) return;
		await removeFile(id);
		await register.forget(key, id);
	};
	/** Its parts may still be on their way to the server, so it stays noted, to be removed again. */
	const giveUp = async (key: string, id: mongo.ObjectId) => {
		if (await register.withdraw(key, id)) await removeFile(id);
	};
	const upload = async (key: string, id: mongo.ObjectId, content: Uint8Array) => {
		const stream = bucket().openUploadStreamWithId(id, key);
		stream.end(Buffer.from(content));
		await finished(stream);
	};
	const finish = async (key: string, id: mongo.ObjectId) => {
		const replaced = await register.finish(key, id);
		if (!replaced) throw blobError('BLOBS_UNREACHABLE', { cause: 'the upload took too long' });
		return replaced;
	};
	const tell = (error: unknown) => onError(error, 'blobs');

	return {
		put: async (key, content) => {
			segmentsOf(key);
			await db.run(async () => {
				const id = new mongo.ObjectId();
				const orGiveUp = async (error: unknown): Promise<never> => {
					await db.run(() => giveUp(key, id)).catch(tell);
					throw error;
				};
				await register.begin(key, id);
				await crashpoint('notification.blob.begun');
				await upload(key, id, content).catch(orGiveUp);
				await crashpoint('notification.blob.uploaded');
				const replaced = await finish(key, id).catch(orGiveUp);
				await crashpoint('notification.blob.stored');
				// The content is durable: what is in the way of tidying up is no failure of this.
				for (const one of replaced) await db.run(() => discard(key, one)).catch(tell);
			});
		},
		get: async (key) => {
			segmentsOf(key);
			return db.run(async () => {
				for (;;) {
					const id = await register.current(key);
					if (!id) return undefined;
					try {
						return Buffer.concat((await bucket().openDownloadStream(id).toArray()) as Buffer[]);
					} catch (error) {
						// A newer one took its place while it was read.
						if ((await register.current(key))?.equals(id)) throw error;
					}
				}
			});
		},
		sweep: () =>
			db.run(async () => {
				const due = await register.due(sweptAtOnce);
				for (const { key, id } of due) await discard(key, id);
				return due.length >= sweptAtOnce;
			}),
	};
}
