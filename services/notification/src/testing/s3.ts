import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { S3BlobsOptions } from '../blobs/s3.ts';

/** The object store that `S3_URL` names, as `http://KEY:SECRET@host:port`. @throws Error without one: `npm run test:s3` brings one */
export function s3Server(): { readonly endpoint: string; readonly credentials: { accessKeyId: string; secretAccessKey: string } } {
	const { S3_URL: url } = process.env;
	if (!url) throw new Error('S3_URL names no object store to test on');
	const { origin, username, password } = new URL(url);
	return { endpoint: origin, credentials: { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) } };
}

const bucket = 'fefaent-test';
const region = 'us-east-1';

/** A place of a test's own: the bucket of all tests, made when it is missing, and a prefix. */
export async function s3TestPlace(): Promise<S3BlobsOptions & { readonly prefix: string }> {
	const client = s3Client();
	try {
		await client.send(new CreateBucketCommand({ Bucket: bucket }));
	} catch (error) {
		if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
	} finally {
		client.destroy();
	}
	return { ...s3Server(), bucket, region, pathStyle: true, prefix: `${randomUUID()}/` };
}

/** A client of the store as such. */
export function s3Client(): S3Client {
	return new S3Client({ ...s3Server(), region, forcePathStyle: true });
}

/** Credentials that may do no more than these actions. */
export async function s3CredentialsFor(actions: readonly string[]): Promise<NonNullable<S3BlobsOptions['credentials']>> {
	const sts = new STSClient({ ...s3Server(), region });
	try {
		const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: 'arn:aws:s3:::*' }] });
		const { Credentials: made } = await sts.send(
			new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/test', RoleSessionName: 'test', Policy }),
		);
		const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = made ?? {};
		return { accessKeyId, secretAccessKey, sessionToken };
	} finally {
		sts.destroy();
	}
}

/** A bad network before the object store. */
export interface S3Proxy extends AsyncDisposable {
	readonly endpoint: string;
	/** Lines that requests began with. */
	readonly requests: readonly string[];
}

/** Starts it. @param spoil gets each part of an answer and the number of its connection, from 1; what it gives back goes on, nothing cuts the connection */
export async function s3Proxy(spoil: (part: Buffer, connection: number) => Buffer | undefined): Promise<S3Proxy> {
	const { hostname, port } = new URL(s3Server().endpoint);
	const requests: string[] = [];
	let connections = 0;
	const server = createServer((client) => {
		const connection = ++connections;
		const behind = connect(Number(port), hostname);
		const end = () => {
			client.destroy();
			behind.destroy();
		};
		for (const socket of [client, behind]) socket.on('error', end).on('close', end);
		client.on('data', (part: Buffer) => {
			requests.push(...(part.toString('latin1').match(/^(?:GET|PUT|HEAD|DELETE) .*(?= HTTP)/gm) ?? []));
			behind.write(part);
		});
		behind.on('data', (part: Buffer) => {
			const passed = spoil(part, connection);
			if (passed) client.write(passed);
			else end();
		});
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const address = server.address();
	return {
		endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
		requests,
		[Symbol.asyncDispose]: async () => void server.close(),
	};
}
