import { errorsOf } from '@fefaent/kernel';

/** What can go wrong with a store as such; none of it names a row's content. */
export const storeErrors = {
	STORE_HELD: { kind: 'unavailable', message: 'the store {name} is held by another process (or twice by this one)' },
	STORE_UNREADABLE: { kind: 'internal', message: 'the store {name} cannot be opened: {cause}' },
	STORE_SCHEMA_NEWER: { kind: 'precondition', message: 'the store {name} has schema {found}, newer than {known}: run the newer release' },
	STORE_MIGRATION_CHANGED: { kind: 'precondition', message: 'migration {version} of the store {name} is not the one that was applied' },
	STORE_MIGRATION_FAILED: { kind: 'internal', message: 'migration {version} of the store {name} failed: {cause}' },
	STORE_MIGRATIONS_UNORDERED: { kind: 'internal', message: 'the migrations of the store {name} are not in ascending order at {version}' },
	STORE_CLOSED: { kind: 'unavailable', message: 'the store {name} is closed' },
	STORE_BUSY: { kind: 'exhausted', message: 'too many writes wait for the store {name}' },
	STORE_WRITE_FAILED: { kind: 'unavailable', message: 'the store {name} could not commit: {cause}' },
	STORE_WORK_ASYNC: { kind: 'internal', message: 'a write to the store {name} returned a promise; works are synchronous' },
	STORE_UNREACHABLE: { kind: 'unavailable', message: 'the store {name} does not answer: {cause}' },
	STORE_UNFIT: { kind: 'precondition', message: 'the store {name} cannot be used: {cause}' },
	STORE_TX_OVER: { kind: 'internal', message: 'a transaction of the store {name} was used after its work had returned' },
} as const;

/** Raises one of {@link storeErrors}. */
export const storeError = errorsOf(storeErrors);
