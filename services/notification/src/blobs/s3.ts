import { addAbortSignal, type Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { crashpoint, DomainError } from '@fefaent/kernel';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { blobError } from './errors.ts';
import { segmentsOf } from './key.ts';
import type { BlobStore } from './port.ts';
import { checkBucket } from './s3-check.ts';
import { s3Failure } from './s3-failures.ts';

/** How a bucket is reached. */
export interface S3BlobsOptions {
	readonly bucket: string;
	/** Absent: Amazon S3 of the region. */
	readonly endpoint?: string | undefined;
	readonly region: string;
	/** The bucket in the path of the URL, not in its host. */
	readonly pathStyle: boolean;
	/** Stands before every key. */
	readonly prefix?: string;
	/** Absent: as the SDK finds them (environment, shared files, web identity, role). */
	readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
	/** Absent: as the bucket says. */
	readonly encryption?: { readonly kind: 'AES256' | 'aws:kms'; readonly keyId?: string | undefined };
	/** How long one read or write may take, repetitions included, in milliseconds. Default 30,000. */
	readonly timeoutMs?: number;
	/** Largest blob, in bytes. Default 256 MiB. */
	readonly maxBytes?: number;
}

/** A store of blobs that has to be checked before it is used. */
export interface S3BlobStore extends BlobStore {
	/**
	 * Checks that the bucket is there and may be written to, read and cleaned.
	 * @throws `BLOBS_UNREACHABLE`, `BLOBS_UNFIT` that says what is missing
	 */
	prepare(): Promise<void>;
	/** Lets go of the connections. */
	close(): void;
}

/** Attempts at a request, and at a content whose connection broke half way. */
const attempts = 4;

/** A connection is made, and an open one says something, within so long, in milliseconds. */
const connectMs = 2_000;
const silenceMs = 5_000;

/** Connections at once. */
const maxSockets = 50;

/**
 * Blobs as objects of a bucket, written by one request each: readers see the old content or the new, whole, and the last of several writes stays.
 * Every request carries a CRC-32 of its content, which the store checks; what is read is checked against the one that was stored. Requests that time out, are
 * cut off or throttled are repeated; that is safe, since a write always writes the same.
 * @returns a store whose methods also throw `BLOBS_UNREACHABLE` and `BLOB_TOO_LARGE`
 */
export function openS3Blobs(options: S3BlobsOptions): S3BlobStore {
	const { bucket, prefix = '', encryption, timeoutMs = 30_000, maxBytes = 268_435_456 } = options;
	const client = new S3Client({
		region: options.region,
		forcePathStyle: options.pathStyle,
		...(options.endpoint !== undefined && { endpoint: options.endpoint }),
		...(options.credentials && { credentials: options.credentials }),
		maxAttempts: attempts,
		retryMode: 'standard',
		requestChecksumCalculation: 'WHEN_SUPPORTED',
		responseChecksumValidation: 'WHEN_SUPPORTED',
		requestHandler: new NodeHttpHandler({
			connectionTimeout: connectMs,
			socketTimeout: Math.min(silenceMs, timeoutMs),
			httpAgent: { keepAlive: true, maxSockets },
			httpsAgent: { keepAlive: true, maxSockets },
		}),
	});
	const object = (key: string) => ({ Bucket: bucket, Key: prefix + segmentsOf(key).join('/') });
	const asked = encryption && { ServerSideEncryption: encryption.kind, ...(encryption.keyId && { SSEKMSKeyId: encryption.keyId }) };

	const put = async (key: string, content: Uint8Array): Promise<void> => {
		const where = object(key);
		if (content.byteLength > maxBytes) throw tooLarge(content.byteLength);
		await client.send(new PutObjectCommand({ ...where, ...asked, Body: content, ContentLength: content.byteLength }), deadline());
	};
	const get = async (key: string): Promise<Uint8Array | undefined> => {
		const where = object(key);
		const until = deadline();
		for (let attempt = 1; ; attempt++) {
			try {
				const { Body: body } = await client.send(new GetObjectCommand(where), until);
				// The SDK's own time limits end with the head of the answer.
				return await readWhole(addAbortSignal(until.abortSignal, body as Readable));
			} catch (error) {
				if (error instanceof NoSuchKey) return undefined;
				// The SDK repeats requests, but not one whose answer breaks off or is not what was stored.
				const brokeOff = !(error instanceof DomainError) && !('$metadata' in (error as object));
				if (!brokeOff || attempt >= attempts || until.abortSignal.aborted) throw error;
			}
		}
	};
	const remove = async (key: string): Promise<void> => {
		await client.send(new DeleteObjectCommand(object(key)), deadline());
	};
	const deadline = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
	const readWhole = async (body: Readable): Promise<Uint8Array> => {
		const chunks: Uint8Array[] = [];
		let bytes = 0;
		for await (const chunk of body as AsyncIterable<Uint8Array>) {
			bytes += chunk.byteLength;
			// Leaving the loop ends the transfer.
			if (bytes > maxBytes) throw tooLarge(bytes);
			chunks.push(chunk);
		}
		return Buffer.concat(chunks, bytes);
	};
	const tooLarge = (bytes: number) => blobError('BLOB_TOO_LARGE', { bytes: String(bytes), max: String(maxBytes) });

	return {
		prepare: () => checkBucket(bucket, { put, get, remove }),
		put: async (key, content) => {
			await crashpoint('notification.blob.before-put');
			await put(key, content).catch(failed);
			await crashpoint('notification.blob.put');
		},
		get: (key) => get(key).catch(failed),
		close: () => client.destroy(),
	};
}

function failed(error: unknown): never {
	throw s3Failure(error);
}
