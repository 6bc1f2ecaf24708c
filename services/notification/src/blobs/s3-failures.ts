import { S3ServiceException } from '@aws-sdk/client-s3';
import { DomainError } from '@fefaent/kernel';
import { blobError } from './errors.ts';

/**
 * Says in the store's own words what the SDK says. Its errors hold the request and the answer, so no more is taken over than their name or code.
 * @returns what is neither the SDK's nor the network's as it is
 */
export function s3Failure(error: unknown): unknown {
	if (error instanceof DomainError || error instanceof RangeError || error instanceof TypeError) return error;
	return blobError('BLOBS_UNREACHABLE', { cause: causeOf(error) });
}

/** The failure's name, as the protocol or the network has it. */
export function causeOf(error: unknown): string {
	if (error instanceof S3ServiceException) return `${error.name}, status ${error.$metadata.httpStatusCode ?? 'unknown'}`;
	if (!(error instanceof Error)) return 'unknown';
	if (error.name === 'AbortError') return 'it took too long';
	const { code } = error as NodeJS.ErrnoException;
	return code ?? error.name;
}
