import { randomUUID } from 'node:crypto';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { DomainError } from '@fefaent/kernel';
import { blobError } from './errors.ts';
import { causeOf, s3Failure } from './s3-failures.ts';

/** What is tried on a bucket. */
interface Probed {
	put(key: string, content: Uint8Array): Promise<void>;
	get(key: string): Promise<Uint8Array | undefined>;
	remove(key: string): Promise<void>;
}

/** What an answer means to whoever set the bucket up, by its name (Amazon S3 API reference, "Error responses"). */
const meanings: Readonly<Record<string, string>> = {
	NoSuchBucket: 'there is no such bucket',
	InvalidBucketName: 'that is no name for a bucket',
	InvalidAccessKeyId: 'the access key is unknown',
	SignatureDoesNotMatch: 'the secret does not belong to the access key',
	InvalidToken: 'the session token is not accepted',
	ExpiredToken: 'the session token has expired',
	PermanentRedirect: 'it is in another region',
	AuthorizationHeaderMalformed: 'it is in another region',
	IllegalLocationConstraintException: 'it is in another region',
	CredentialsProviderError: 'no credentials are set, and the AWS SDK finds none',
};

/**
 * Writes a small object, reads it and removes it: what the service needs of its bucket, tried and not guessed from policies.
 * @throws `BLOBS_UNREACHABLE` where waiting may help, `BLOBS_UNFIT` that says what is missing
 */
export async function checkBucket(bucket: string, { put, get, remove }: Probed): Promise<void> {
	const key = `start-check/${randomUUID()}`;
	const content = Buffer.from('written, read and removed again at the start of a process');
	const unfit = (cause: string) => blobError('BLOBS_UNFIT', { bucket, cause });
	const step = async <T>(refused: string, action: () => Promise<T>): Promise<T> => {
		try {
			return await action();
		} catch (error) {
			if (error instanceof DomainError) throw error;
			const meaning = meanings[(error as Error).name];
			if (meaning !== undefined) throw unfit(meaning);
			if (error instanceof S3ServiceException && isRefusal(error)) throw unfit(`${refused} (${causeOf(error)})`);
			throw s3Failure(error);
		}
	};
	// Who may not list a bucket is told "denied" of an object that is not there, which could not be told from one that may not be read.
	await step('what is not there cannot be told: s3:GetObject and s3:ListBucket are needed', () => get(`${key}-absent`));
	await step('it may not be written to: s3:PutObject is needed', () => put(key, content));
	const found = await step('it may not be read: s3:GetObject is needed', () => get(key));
	await step('nothing may be removed: s3:DeleteObject is needed', () => remove(key));
	if (!found || !content.equals(found)) throw unfit('what was written is not read back as it was');
}

/** An answer that will be the same next time: what the store refuses, and not what it cannot do just now. */
function isRefusal({ $metadata: { httpStatusCode = 0 } }: S3ServiceException): boolean {
	return httpStatusCode >= 400 && httpStatusCode < 500 && httpStatusCode !== 408 && httpStatusCode !== 429;
}
