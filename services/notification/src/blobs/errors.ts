import { errorsOf } from '@fefaent/kernel';

/** What can go wrong with an object store as such; none of it names a blob's content. */
export const blobErrors = {
	BLOBS_UNREACHABLE: { kind: 'unavailable', message: 'the object store does not answer as it should: {cause}' },
	BLOBS_UNFIT: { kind: 'precondition', message: 'the bucket {bucket} cannot be used: {cause}' },
	BLOB_TOO_LARGE: { kind: 'precondition', message: 'a blob of {bytes} bytes or more is larger than the {max} that are handled' },
} as const;

/** Raises one of {@link blobErrors}. */
export const blobError = errorsOf(blobErrors);
