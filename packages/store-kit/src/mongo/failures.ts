import { DomainError } from '@fefaent/kernel';
import { mongo } from 'mongoose';
import { storeError } from '../errors.ts';

/** Codes of the server for a unique index that is taken, and for a document that a collection's validator refuses. */
const duplicateKey = 11_000;
const validationFailed = 121;

/** Says in the store's own words what the driver says. Values of documents stand in the driver's messages, so those go no further than `cause`. */
export function mongoFailure(name: string, error: unknown): unknown {
	if (error instanceof DomainError || !(error instanceof mongo.MongoError || isMongooseError(error))) return error;
	const cause = error instanceof mongo.MongoServerError ? `${error.codeName ?? 'error'} ${error.code ?? ''}`.trim() : error.name;
	const reached = error instanceof mongo.MongoServerError && !error.hasErrorLabel('RetryableWriteError');
	return storeError(reached ? 'STORE_WRITE_FAILED' : 'STORE_UNREACHABLE', { name, cause }, { cause: error });
}

function isMongooseError(error: unknown): error is Error {
	return error instanceof Error && (error.name === 'MongooseServerSelectionError' || error.name === 'MongooseError');
}

/** Codes of the server for who may not log in, and who may not do what was asked. */
const authenticationFailed = 18;
const unauthorized = 13;

/** What a start cannot mend by waiting: credentials that are not accepted, rights that are missing. @returns undefined for anything else */
export function refusalOf(name: string, database: string, error: unknown): Error | undefined {
	for (let one = error; one instanceof Error; one = one.cause) {
		// Its words name options of the URL, or say what is wrong with its form; never what stands in it.
		if (one.name === 'MongoParseError') return storeError('STORE_UNFIT', { name, cause: `FEFAENT_MONGO_URL: ${one.message}` });
		const { code, path } = one as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'EACCES')
			return storeError('STORE_UNFIT', { name, cause: `FEFAENT_MONGO_URL names a file that cannot be read: ${path ?? code}` });
		if (!(one instanceof mongo.MongoServerError)) continue;
		if (one.code === authenticationFailed)
			return storeError('STORE_UNFIT', { name, cause: 'the user and password of FEFAENT_MONGO_URL are not accepted' });
		if (one.code === unauthorized)
			return storeError('STORE_UNFIT', { name, cause: `the user may not do what is needed: readWrite on the database ${database}` });
	}
	return undefined;
}

/**
 * What the server answers for a while: while its set elects a primary or it shuts down (91, 189, 10107, 11600, 11602, 13435, 13436), while something takes
 * longer than it may (24, 46, 50, 262), and where others change the same thing (112, 117, 276).
 */
const passingCodes: ReadonlySet<unknown> = new Set([24, 46, 50, 91, 112, 117, 189, 262, 276, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Whether a failure of the driver may be over at the next try: the server cannot be reached, or says that it cannot do it now. */
export function passes(error: unknown): boolean {
	if (error instanceof mongo.MongoServerError) return error.hasErrorLabel('RetryableWriteError') || passingCodes.has(error.code);
	return error instanceof mongo.MongoError || isMongooseError(error);
}

/** Whether one write of its own failed because its unique key is taken. */
export function isDuplicateKey(error: unknown): boolean {
	return error instanceof mongo.MongoServerError && error.code === duplicateKey;
}

/**
 * Which writes of an unordered bulk lost: their condition did not hold, or their key is taken (see `conditionalUpdate`).
 * @returns their indexes @throws the error itself when anything else went wrong
 */
export function lostWrites(error: unknown): ReadonlySet<number> {
	if (!(error instanceof mongo.MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
	const errors = [error.writeErrors].flat();
	if (errors.length === 0 || errors.some(({ code }) => code !== duplicateKey && code !== validationFailed)) throw error;
	return new Set(errors.map(({ index }) => index));
}

/** Runs an unordered bulk of writes. @returns the indexes of those that lost @throws what {@link lostWrites} throws */
export async function losersOf(write: () => Promise<unknown>): Promise<ReadonlySet<number>> {
	try {
		await write();
		return new Set();
	} catch (error) {
		return lostWrites(error);
	}
}
