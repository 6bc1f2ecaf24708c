import { Endpoint } from '@fefaent/contracts/callback';
import type { Reader, Tx } from '@fefaent/store-kit';
import type { EndpointHealth, EndpointRecord } from '../domain/endpoint.ts';

interface EndpointRow {
	id: string;
	revision: number;
	document: Uint8Array;
	secrets: Uint8Array;
	failures: number;
	failing_since: number | null;
	not_before: number | null;
}

/** Writes an endpoint of its next revision. */
export function put(tx: Tx, { endpoint, revision, sealedSecrets, health }: EndpointRecord): boolean {
	const document = Endpoint.encode(endpoint).finish();
	const fares = [health.failures, health.failingSince?.getTime() ?? null, health.notBefore?.getTime() ?? null] as const;
	if (revision === 1) {
		const sql = `INSERT INTO endpoints (id, issuer_code, created_at, revision, document, secrets, failures, failing_since, not_before, lease_until)
			VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`;
		const created = endpoint.createdAt?.getTime() ?? 0;
		return tx.run(sql, endpoint.id, endpoint.issuerCode, created, document, sealedSecrets, ...fares).changes === 1;
	}
	const sql = `UPDATE endpoints SET revision = ?, document = ?, secrets = ?, failures = ?, failing_since = ?, not_before = ?
		WHERE id = ? AND revision = ?`;
	return tx.run(sql, revision, document, sealedSecrets, ...fares, endpoint.id, revision - 1).changes === 1;
}

/** In the order of the ids. */
export function getMany(reader: Reader, ids: readonly string[]): readonly (EndpointRecord | undefined)[] {
	return ids.map((id) => {
		const row = reader.get<EndpointRow>('SELECT * FROM endpoints WHERE id = ?', id);
		return row && recordOf(row);
	});
}

/** Oldest first. */
export function ofIssuers(reader: Reader, issuerCodes: readonly string[]): readonly EndpointRecord[] {
	const sql = 'SELECT * FROM endpoints WHERE issuer_code IN (SELECT value FROM json_each(?)) ORDER BY created_at, id';
	return reader.all<EndpointRow>(sql, JSON.stringify(issuerCodes)).map(recordOf);
}

/** Oldest first. */
export function all(reader: Reader): readonly EndpointRecord[] {
	return reader.all<EndpointRow>('SELECT * FROM endpoints ORDER BY created_at, id').map(recordOf);
}

/** Writes how an endpoint of that revision fares. */
export function setHealth(tx: Tx, id: string, revision: number, { failures, failingSince, notBefore }: EndpointHealth): void {
	const sql = 'UPDATE endpoints SET failures = ?, failing_since = ?, not_before = ? WHERE id = ? AND revision = ?';
	tx.run(sql, failures, failingSince?.getTime() ?? null, notBefore?.getTime() ?? null, id, revision);
}

function recordOf(row: EndpointRow): EndpointRecord {
	return {
		endpoint: Endpoint.decode(row.document),
		revision: row.revision,
		sealedSecrets: row.secrets,
		health: {
			failures: row.failures,
			failingSince: row.failing_since === null ? undefined : new Date(row.failing_since),
			notBefore: row.not_before === null ? undefined : new Date(row.not_before),
		},
	};
}
