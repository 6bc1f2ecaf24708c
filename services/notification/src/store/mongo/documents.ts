import { Notification, stateToNumber } from '@fefaent/contracts/notification';
import { bytes, outboxOf, outboxUpdate } from '@fefaent/store-kit/mongo';
import type { Stored } from '../../domain/decision.ts';
import { issuerOf } from '../../domain/record.ts';
import type { Arrival, Replacement } from '../port.ts';
import type { NotificationFields } from './schema.ts';

/** What is read of a document. */
export const readFields = { version: 1, issuer: 1, document: 1, purgedAt: 1, exportKey: 1 } as const;

/** A new document, its events in it. */
export function documentOf({ notification, reference, fingerprint, events }: Arrival): NotificationFields {
	return {
		_id: notification.id,
		issuer: issuerOf(notification),
		...(reference !== undefined && { reference }),
		...(fingerprint && { fingerprint: Buffer.from(fingerprint) }),
		...changing(notification),
		...outboxOf(notification.id, events),
	};
}

/** The update that makes a document the next version, its events with it. */
export function updateOf({ next, events }: Replacement): Record<string, unknown> {
	if (next.kind === 'live') {
		const fields = changing(next.notification);
		return {
			$set: fields,
			...(fields.claimedAt === undefined && { $unset: { claimedAt: 1 } }),
			...outboxUpdate(next.notification.id, events),
		};
	}
	const { id, version, purgedAt, exportKey } = next.tombstone;
	return {
		$set: { version, purgedAt, exportKey },
		$unset: { reference: 1, fingerprint: 1, state: 1, claimedAt: 1, document: 1 },
		...outboxUpdate(id, events),
	};
}

/** What a document keeps. */
export function storedOf(fields: NotificationFields): Stored {
	if (fields.document) return { kind: 'live', notification: Notification.decode(bytes(fields.document)) };
	const { _id, version, issuer, purgedAt = new Date(0), exportKey = '' } = fields;
	return { kind: 'purged', tombstone: { id: _id, version, issuerCode: issuer, purgedAt, exportKey } };
}

function changing(notification: Notification) {
	return {
		version: notification.version,
		state: stateToNumber(notification.state),
		...(notification.claim?.decidedAt && { claimedAt: notification.claim.decidedAt }),
		document: Buffer.from(Notification.encode(notification).finish()),
	};
}
