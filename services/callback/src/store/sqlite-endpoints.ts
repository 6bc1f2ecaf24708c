import { Endpoint } from '@fefaent/contracts/callback';
import type { Reader, Tx } from '@fefaent/store-kit';
import type { EndpointHealth, EndpointRecord, NewEndpointRecord } from '../domain/endpoint.ts';
import type { EndpointPage } from './port.ts';

interface EndpointRow {
	id: string;
	revision: number;
	generation: number;
	document: Uint8Array;
	secrets: Uint8Array;
	failures: number;
	failing_since: number | null;
	not_before: number | null;
}

/** Writes an endpoint of its next revision. @param generation only while it is of this one */
export function put(tx: Tx, { endpoint, revision, sealedSecrets, health }: NewEndpointRecord, generation: number | undefined): boolean {
	const document = Endpoint.encode(endpoint).finish();
	const fares = [health.failures, health.failingSince?.getTime() ?? null, health.notBefore?.getTime() ?? null] as const;
	if (revision === 1) {
		const sql = `INSERT INTO endpoints (id, issuer_code, created_at, revision, document, secrets, failures, failing_since, not_before, lease_until)
			VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`;
		const created = endpoint.createdAt?.getTime() ?? 0;
		return tx.run(sql, endpoint.id, endpoint.issuerCode, created, document, sealedSecrets, ...fares).changes === 1;
	}
	const sql = `UPDATE endpoints SET revision = ?, generation = generation + 1, document = ?, secrets = ?,
			failures = ?, failing_since = ?, not_before = ?
		WHERE id = ? AND revision = ? AND generation = coalesce(?, generation)`;
	return tx.run(sql, revision, document, sealedSecrets, ...fares, endpoint.id, revision - 1, generation ?? null).changes === 1;
}

/** Writes secrets encrypted anew. @returns whether the endpoint was of that revision */
export function reseal(tx: Tx, id: string, revision: number, sealedSecrets: Uint8Array): boolean {
	return tx.run('UPDATE endpoints SET secrets = ? WHERE id = ? AND revision = ?', sealedSecrets, id, revision).changes === 1;
}

/** Removes an endpoint, of this revision where one is given. @returns whether there was one */
export function remove(tx: Tx, id: string, revision: number | undefined): boolean {
	return tx.run('DELETE FROM endpoints WHERE id = ? AND revision = coalesce(?, revision)', id, revision ?? null).changes > 0;
}

/** In the order of the ids. */
export function getMany(reader: Reader, ids: readonly string[]): readonly (EndpointRecord | undefined)[] {
	return ids.map((id) => {
		const row = reader.get<EndpointRow>('SELECT * FROM endpoints WHERE id = ?', id);
		return row && recordOf(row);
	});
}

/** All of these issuers, oldest first. */
export function ofIssuers(reader: Reader, issuerCodes: readonly string[]): readonly EndpointRecord[] {
	const sql = 'SELECT * FROM endpoints INDEXED BY endpoints_of_issuer WHERE issuer_code IN (SELECT value FROM json_each(?)) ORDER BY id';
	return reader.all<EndpointRow>(sql, JSON.stringify(issuerCodes)).map(recordOf);
}

/** Some, oldest first. */
export function page(reader: Reader, { issuerCode, afterId, limit }: EndpointPage): readonly EndpointRecord[] {
	const ofIssuer = 'SELECT * FROM endpoints INDEXED BY endpoints_of_issuer WHERE issuer_code = ? AND id > ? ORDER BY id LIMIT ?';
	const rows =
		issuerCode === ''
			? reader.all<EndpointRow>('SELECT * FROM endpoints WHERE id > ? ORDER BY id LIMIT ?', afterId, limit)
			: reader.all<EndpointRow>(ofIssuer, issuerCode, afterId, limit);
	return rows.map(recordOf);
}

/** Forgets what stands against an endpoint. */
export function endWait(tx: Tx, id: string): void {
	tx.run('UPDATE endpoints SET generation = generation + 1, failures = 0, failing_since = NULL, not_before = NULL WHERE id = ?', id);
}

/** Writes how an endpoint of that generation fares. */
export function setHealth(tx: Tx, id: string, generation: number, { failures, failingSince, notBefore }: EndpointHealth): void {
	const sql = 'UPDATE endpoints SET failures = ?, failing_since = ?, not_before = ? WHERE id = ? AND generation = ?';
	tx.run(sql, failures, failingSince?.getTime() ?? null, notBefore?.getTime() ?? null, id, generation);
}

/** The next instant after `now` at which an endpoint's wait ends. */
export function nextWait(reader: Reader, now: Date): number | undefined {
	const sql = 'SELECT min(not_before) AS at FROM endpoints INDEXED BY endpoints_by_wait WHERE not_before > ?';
	return reader.get<{ at: number | null }>(sql, now.getTime())?.at ?? undefined;
}

function recordOf(row: EndpointRow): EndpointRecord {
	return {
		endpoint: Endpoint.decode(row.document),
		revision: row.revision,
		generation: row.generation,
		sealedSecrets: row.secrets,
		health: {
			failures: row.failures,
			failingSince: row.failing_since === null ? undefined : new Date(row.failing_since),
			notBefore: row.not_before === null ? undefined : new Date(row.not_before),
		},
	};
}
