import { Notification, stateToNumber } from '@fefaent/contracts/notification';
import type { SqlValue } from '@fefaent/store-kit';
import type { Stored } from '../domain/decision.ts';
import { issuerOf } from '../domain/record.ts';
import type { Arrival } from './port.ts';

/** A row as it is read. */
export interface NotificationRow {
	readonly id: number;
	readonly version: number;
	readonly issuer: string;
	readonly document: Uint8Array | null;
	readonly purged_at: number | null;
	readonly export_key: string | null;
}

/** The columns that {@link NotificationRow} takes. */
export const rowColumns = 'id, version, issuer, document, purged_at, export_key';

/** Columns of a live notification that change with it: version, state, claimed_at, document. */
export function changingColumns(notification: Notification): readonly SqlValue[] {
	return [
		notification.version,
		stateToNumber(notification.state),
		notification.claim?.decidedAt?.getTime() ?? null,
		Notification.encode(notification).finish(),
	];
}

/** Columns of a notification in the order of {@link insertSql}. */
export function insertedColumns({ notification, reference, fingerprint }: Arrival): readonly SqlValue[] {
	return [notification.id, issuerOf(notification), reference ?? null, fingerprint ?? null, ...changingColumns(notification)];
}

/** Inserts a notification, unless its reference is taken. */
export const insertSql = `INSERT INTO notifications (id, issuer, reference, fingerprint, version, state, claimed_at, document)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (reference, issuer) WHERE reference IS NOT NULL DO NOTHING`;

/** What a row keeps. */
export function storedOf(row: NotificationRow): Stored {
	if (row.document) return { kind: 'live', notification: Notification.decode(row.document) };
	return {
		kind: 'purged',
		tombstone: {
			id: row.id,
			version: row.version,
			issuerCode: row.issuer,
			purgedAt: new Date(row.purged_at ?? 0),
			exportKey: row.export_key ?? '',
		},
	};
}
