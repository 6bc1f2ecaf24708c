export { storeErrors } from './errors.ts';
export type { OutboxEvent } from './outbox-event.ts';
export { inboxSchema, SqliteInbox } from './sqlite/inbox.ts';
export { openDatabase } from './sqlite/open.ts';
export { type OutboxRow, outboxSchema, SqliteOutbox } from './sqlite/outbox.ts';
export type { Changes, Database, DatabaseOptions, DatabaseStats, Migration, Reader, Row, SqlValue, Tx } from './sqlite/types.ts';
