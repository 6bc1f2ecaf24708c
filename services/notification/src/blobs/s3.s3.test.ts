import { once } from 'node:events';
import { createServer } from 'node:net';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { armCrashpoints } from '@fefaent/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { s3Client, s3CredentialsFor, s3Proxy, s3TestPlace } from '../testing/s3.ts';
import { type BlobPlace, blobStoreContract } from './contract.ts';
import { openS3Blobs, type S3BlobStore, type S3BlobsOptions } from './s3.ts';

const opened: S3BlobStore[] = [];
const open = (options: S3BlobsOptions): S3BlobStore => {
	const store = openS3Blobs(options);
	opened.push(store);
	return store;
};

afterEach(() => {
	armCrashpoints(undefined);
	for (const store of opened.splice(0)) store.close();
});

function place(): BlobPlace {
	const options = s3TestPlace();
	return {
		open: async () => {
			const store = open(await options);
			await store.prepare();
			return store;
		},
		[Symbol.asyncDispose]: async () => {},
	};
}

describe('S3', () => {
	blobStoreContract('S3', place);

	it('shows the old content until it was written, and the new one to a process that died right after', async () => {
		const blobs = open(await s3TestPlace());
		await blobs.put('a/b', Buffer.from('old'));
		const dieAt = (point: string) =>
			armCrashpoints((name) => {
				if (name === point) throw new Error('died');
			});
		dieAt('notification.blob.before-put');
		await expect(blobs.put('a/b', Buffer.from('new'))).rejects.toThrow('died');
		expect(Buffer.from((await blobs.get('a/b')) ?? [])).toEqual(Buffer.from('old'));
		dieAt('notification.blob.put');
		await expect(blobs.put('a/b', Buffer.from('new'))).rejects.toThrow('died');
		expect(Buffer.from((await blobs.get('a/b')) ?? [])).toEqual(Buffer.from('new'));
	});

	it('asks for encryption, and puts the prefix before keys', async () => {
		const options = await s3TestPlace();
		const blobs = open({ ...options, encryption: { kind: 'AES256' } });
		await blobs.put('a', Buffer.from('one'));
		const client = s3Client();
		const head = await client.send(new HeadObjectCommand({ Bucket: options.bucket, Key: `${options.prefix}a` }));
		client.destroy();
		expect(head.ServerSideEncryption).toBe('AES256');
	});

	it('handles nothing that is larger than its bound', async () => {
		const options = await s3TestPlace();
		await open(options).put('a', Buffer.alloc(2_000_001));
		const small = open({ ...options, maxBytes: 2_000_000 });
		await expect(small.put('b', Buffer.alloc(2_000_001))).rejects.toMatchObject({ reason: 'BLOB_TOO_LARGE' });
		await expect(small.get('a')).rejects.toMatchObject({ reason: 'BLOB_TOO_LARGE' });
	});
});

describe('the start check', () => {
	it.each<[string, Partial<S3BlobsOptions>, string]>([
		['there is no bucket', { bucket: 'fefaent-absent' }, 'the bucket fefaent-absent cannot be used: there is no such bucket'],
		[
			'the access key is unknown',
			{ credentials: { accessKeyId: 'nobody', secretAccessKey: 'hunter2hunter2' } },
			'the access key is unknown',
		],
		[
			'the secret is wrong',
			{ credentials: { accessKeyId: 'fefaent-test', secretAccessKey: 'hunter2hunter2' } },
			'the secret does not belong',
		],
	])('says when %s', async (_, change, told) => {
		const blobs = open({ ...(await s3TestPlace()), ...change });
		const error = await blobs.prepare().catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ reason: 'BLOBS_UNFIT', retryable: false, message: expect.stringContaining(told) });
		expect(`${(error as Error).stack}`).not.toContain('hunter2');
	});

	const every = ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:DeleteObject'];

	// Amazon alone answers "denied" of what is absent to those who may not list.
	it.each(every.filter((action) => action !== 's3:ListBucket'))('says when %s is missing', async (missing) => {
		const credentials = await s3CredentialsFor(every.filter((action) => action !== missing));
		const blobs = open({ ...(await s3TestPlace()), credentials });
		await expect(blobs.prepare()).rejects.toMatchObject({ reason: 'BLOBS_UNFIT', message: expect.stringContaining(missing) });
	});

	it('needs no other right, and leaves nothing behind', async () => {
		const options = await s3TestPlace();
		await using proxy = await s3Proxy((part) => part);
		await open({ ...options, endpoint: proxy.endpoint, credentials: await s3CredentialsFor(every) }).prepare();
		const written = proxy.requests.find((line) => line.startsWith('PUT'))?.match(/start-check\/[\w-]+/)?.[0] ?? '';
		expect(await open(options).get(written)).toBeUndefined();
	});

	it('is worth another try while nobody answers', async () => {
		const blobs = open({ ...(await s3TestPlace()), endpoint: 'http://127.0.0.1:1' });
		await expect(blobs.prepare()).rejects.toMatchObject({ reason: 'BLOBS_UNREACHABLE', retryable: true });
	});
});

describe('a bad network', () => {
	const content = Buffer.alloc(500_000, 'abcdefg');

	it('asks once for each blob, and for nothing else', async () => {
		await using proxy = await s3Proxy((part) => part);
		const blobs = open({ ...(await s3TestPlace()), endpoint: proxy.endpoint });
		await blobs.put('a', content);
		await blobs.get('a');
		await blobs.get('absent');
		expect(proxy.requests.map((line) => line.split(' ')[0])).toEqual(['PUT', 'GET', 'GET']);
	});

	it('reads again what broke off', async () => {
		const options = await s3TestPlace();
		await open(options).put('a', content);
		const seen = new Map<number, number>();
		await using proxy = await s3Proxy((part, connection) => {
			const bytes = (seen.get(connection) ?? 0) + part.byteLength;
			seen.set(connection, bytes);
			return connection <= 2 && bytes > 100_000 ? undefined : part;
		});
		const found = await open({ ...options, endpoint: proxy.endpoint }).get('a');
		expect(content.equals(found ?? new Uint8Array())).toBe(true);
		expect(seen.size).toBe(3);
	});

	it('writes again what was not confirmed', async () => {
		const options = await s3TestPlace();
		await using proxy = await s3Proxy((part, connection) => (connection <= 2 ? undefined : part));
		await open({ ...options, endpoint: proxy.endpoint }).put('a', content);
		expect(content.equals((await open(options).get('a')) ?? new Uint8Array())).toBe(true);
		expect(proxy.requests).toHaveLength(3);
	});

	it('never takes for content what was not stored', async () => {
		const options = await s3TestPlace();
		await open(options).put('a', content);
		let spoilt = 2;
		await using proxy = await s3Proxy((part) => {
			const at = part.indexOf('abcdefgabcdefg');
			if (at < 0 || spoilt-- <= 0) return part;
			const other = Buffer.from(part);
			other[at] = 'A'.charCodeAt(0);
			return other;
		});
		const blobs = open({ ...options, endpoint: proxy.endpoint });
		expect(content.equals((await blobs.get('a')) ?? new Uint8Array())).toBe(true);
		spoilt = Number.POSITIVE_INFINITY;
		await expect(blobs.get('a')).rejects.toMatchObject({ reason: 'BLOBS_UNREACHABLE' });
	});

	it('gives up in time when nobody says anything', async () => {
		const silent = createServer(() => {});
		await once(silent.listen(0, '127.0.0.1'), 'listening');
		const address = silent.address() as { readonly port: number };
		const blobs = open({ ...(await s3TestPlace()), endpoint: `http://127.0.0.1:${address.port}`, timeoutMs: 300 });
		await expect(blobs.get('a')).rejects.toMatchObject({ reason: 'BLOBS_UNREACHABLE' });
		await expect(blobs.put('a', content)).rejects.toMatchObject({ reason: 'BLOBS_UNREACHABLE' });
		silent.close();
	});

	it('gives up in time on an answer that does not end', async () => {
		const options = await s3TestPlace();
		await open(options).put('a', content);
		let bytes = 0;
		await using proxy = await s3Proxy((part) => {
			bytes += part.byteLength;
			return bytes > 100_000 ? Buffer.alloc(0) : part;
		});
		const blobs = open({ ...options, endpoint: proxy.endpoint, timeoutMs: 500 });
		await expect(blobs.get('a')).rejects.toMatchObject({ reason: 'BLOBS_UNREACHABLE', details: { cause: 'it took too long' } });
	});
});
