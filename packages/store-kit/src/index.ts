export { storeErrors } from './errors.ts';
export { inboxSchema, SqliteInbox } from './inbox.ts';
export { openDatabase } from './open.ts';
export { type OutboxEvent, type OutboxRow, outboxSchema, SqliteOutbox } from './outbox.ts';
export type { Changes, Database, DatabaseOptions, DatabaseStats, Migration, Reader, Row, SqlValue, Tx } from './types.ts';
