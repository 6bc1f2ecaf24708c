import type { Evidence, EvidenceKey } from '@fefaent/contracts/evidence';
import { transitionFromJSON, transitionToNumber } from '@fefaent/contracts/notification';
import { openDatabase, type Reader, type Row } from '@fefaent/store-kit';
import { migrations } from './migrations.ts';
import { type EvidenceStore, keyText } from './port.ts';

// The keys drive the search, so each is one look-up in the unique index.
const select = `SELECT e.* FROM json_each(?) AS k CROSS JOIN evidences AS e
	ON e.notification_id = k.value ->> 0 AND e.transition = k.value ->> 1`;
const insert = `INSERT INTO evidences (notification_id, transition, id, issued_at, decided_at, level, sha256, xml)
	SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
	WHERE NOT EXISTS (SELECT 1 FROM abandoned WHERE notification_id = ?1 AND transition = ?2 AND decided_at >= ?5)
	ON CONFLICT (notification_id, transition) DO NOTHING`;
const abandon = `INSERT INTO abandoned (notification_id, transition, decided_at) VALUES (?, ?, ?)
	ON CONFLICT (notification_id, transition) DO UPDATE SET decided_at = max(decided_at, excluded.decided_at)`;
const empty = "UPDATE evidences SET xml = x'' WHERE notification_id IN (SELECT value FROM json_each(?))";

/** Opens (and makes) the evidence service's own SQLite file. @throws what `openDatabase` of store-kit throws */
export function openSqliteEvidenceStore(options: { readonly path: string }): EvidenceStore {
	const db = openDatabase({ path: options.path, name: 'evidence', migrations });
	return {
		findMany: async (keys) => (keys.length === 0 ? new Map() : read(db, keys)),
		insertMany: (evidences) =>
			db.write((tx) => {
				const taken = evidences.filter((one) => tx.run(insert, ...columns(one)).changes === 0);
				const refused = new Set(taken);
				const stored = read(tx, taken);
				return evidences.map((one) => (refused.has(one) ? stored.get(keyText(one)) : one));
			}),
		abandonMany: (decisions) =>
			db.write((tx) => {
				const stored = read(tx, decisions);
				for (const one of decisions) {
					if (!stored.has(keyText(one))) tx.run(abandon, one.notificationId, transitionToNumber(one.transition), one.decidedAt.getTime());
				}
				return decisions.map((one) => stored.get(keyText(one)));
			}),
		purge: (ids) =>
			db.purge((tx) => {
				tx.run(empty, JSON.stringify(ids));
			}),
		ping: async () => {
			db.get('SELECT 1');
		},
		close: () => db.close(),
	};
}

function read(reader: Reader, keys: readonly EvidenceKey[]): Map<string, Evidence> {
	if (keys.length === 0) return new Map();
	const wanted = JSON.stringify(keys.map(({ notificationId, transition }) => [notificationId, transitionToNumber(transition)]));
	return new Map(reader.all<EvidenceRow>(select, wanted).map((row) => [keyText(evidenceOf(row)), evidenceOf(row)]));
}

interface EvidenceRow extends Row {
	readonly notification_id: number;
	readonly transition: number;
	readonly id: string;
	readonly issued_at: number;
	readonly decided_at: number;
	readonly level: string;
	readonly sha256: Uint8Array;
	readonly xml: Uint8Array;
}

function columns(one: Evidence) {
	const number = transitionToNumber(one.transition);
	const instants = [one.issuedAt?.getTime() ?? 0, one.decidedAt?.getTime() ?? 0] as const;
	return [one.notificationId, number, one.id, ...instants, one.level, one.sha256, one.xml] as const;
}

function evidenceOf(row: EvidenceRow): Evidence {
	return {
		id: row.id,
		notificationId: row.notification_id,
		transition: transitionFromJSON(row.transition),
		xml: row.xml,
		sha256: row.sha256,
		issuedAt: new Date(row.issued_at),
		decidedAt: new Date(row.decided_at),
		level: row.level,
	};
}
