import { crashpoint } from '@fefaent/kernel';
import { type Database, openDatabase, type Tx } from '@fefaent/store-kit';
import { toAdministration, toCredential, toDocument, toIssuer } from './documents.ts';
import { migrations } from './migrations.ts';
import type { DirectoryStore } from './port.ts';
import type { Administration, Credential, Issuer, Page } from './types.ts';

/** Opens the directory's file, `gateway.db` by custom. */
export function openSqliteGatewayStore(options: { readonly path: string }): DirectoryStore {
	return new SqliteDirectoryStore(openDatabase({ path: options.path, migrations, name: 'gateway' }));
}

interface Stored {
	document: string;
}

class SqliteDirectoryStore implements DirectoryStore {
	readonly #db: Database;

	constructor(db: Database) {
		this.#db = db;
	}

	insertIssuer(issuer: Issuer): Promise<boolean> {
		return this.#write(
			'gateway.issuer.inserted',
			(tx) =>
				tx.run(
					'INSERT INTO issuers (code, version, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
					issuer.code,
					issuer.version,
					toDocument(issuer),
				).changes === 1,
		);
	}

	replaceIssuer(issuer: Issuer): Promise<boolean> {
		return this.#write(
			'gateway.issuer.replaced',
			(tx) =>
				tx.run(
					'UPDATE issuers SET version = ?, document = ? WHERE code = ? AND version = ?',
					issuer.version,
					toDocument(issuer),
					issuer.code,
					issuer.version - 1,
				).changes === 1,
		);
	}

	async issuers(codes: readonly string[]): Promise<readonly Issuer[]> {
		return this.#db
			.all<Stored>('SELECT document FROM issuers WHERE code IN (SELECT value FROM json_each(?))', JSON.stringify(codes))
			.map((row) => toIssuer(row.document));
	}

	async listIssuers({ after, limit }: Page): Promise<readonly Issuer[]> {
		return this.#db
			.all<Stored>('SELECT document FROM issuers WHERE code > ? ORDER BY code LIMIT ?', after, limit)
			.map((row) => toIssuer(row.document));
	}

	insertCredential(credential: Credential): Promise<boolean> {
		return this.#write('gateway.credential.inserted', (tx) => {
			const inserted = tx.run(
				'INSERT INTO credentials (id, kind, digest, revoked, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
				credential.id,
				credential.kind,
				credential.digest,
				credential.revokedAt ? 1 : 0,
				toDocument(credential),
			).changes;
			if (inserted === 0) return false;
			for (const issuer of new Set(credential.issuers))
				tx.run('INSERT INTO credential_issuers (issuer, id) VALUES (?, ?)', issuer, credential.id);
			return true;
		});
	}

	async credential(id: string): Promise<Credential | undefined> {
		const row = this.#db.get<Stored>('SELECT document FROM credentials WHERE id = ?', id);
		return row && toCredential(row.document);
	}

	async certificate(digest: string): Promise<Credential | undefined> {
		const row = this.#db.get<Stored>("SELECT document FROM credentials WHERE kind = 'certificate' AND digest = ? AND revoked = 0", digest);
		return row && toCredential(row.document);
	}

	async listCredentials(issuer: string, { after, limit }: Page): Promise<readonly Credential[]> {
		const rows =
			issuer === ''
				? this.#db.all<Stored>('SELECT document FROM credentials WHERE id > ? ORDER BY id LIMIT ?', after, limit)
				: this.#db.all<Stored>(
						'SELECT c.document FROM credential_issuers i JOIN credentials c ON c.id = i.id WHERE i.issuer = ? AND i.id > ? ORDER BY i.id LIMIT ?',
						issuer,
						after,
						limit,
					);
		return rows.map((row) => toCredential(row.document));
	}

	revokeCredential(id: string, at: Date): Promise<Credential | undefined> {
		return this.#change(id, 'gateway.credential.revoked', (credential) =>
			credential.revokedAt ? credential : { ...credential, revokedAt: at },
		);
	}

	async touchCredential(id: string, at: Date): Promise<void> {
		await this.#change(id, 'gateway.credential.touched', (credential) => ({ ...credential, lastUsedAt: at }));
	}

	putAdministrations(administrations: readonly Administration[]): Promise<void> {
		return this.#write('gateway.administrations.put', (tx) => put(tx, administrations));
	}

	seedAdministrations(administrations: readonly Administration[]): Promise<boolean> {
		return this.#write('gateway.administrations.seeded', (tx) => {
			if (tx.run("INSERT INTO facts (name, value) VALUES ('administrations-seeded', '1') ON CONFLICT DO NOTHING").changes === 0)
				return false;
			put(tx, administrations);
			return true;
		});
	}

	removeAdministration(key: string): Promise<boolean> {
		return this.#write('gateway.administrations.removed', (tx) => tx.run('DELETE FROM administrations WHERE key = ?', key).changes === 1);
	}

	async listAdministrations({ after, limit }: Page): Promise<readonly Administration[]> {
		return this.#db
			.all<Stored>('SELECT document FROM administrations WHERE key > ? ORDER BY key LIMIT ?', after, limit)
			.map((row) => toAdministration(row.document));
	}

	async administrationKeys(): Promise<readonly string[]> {
		return this.#db.all<{ key: string }>('SELECT key FROM administrations').map((row) => row.key);
	}

	async ping(): Promise<void> {
		this.#db.get('SELECT 1 FROM facts LIMIT 1');
	}

	close(): Promise<void> {
		return this.#db.close();
	}

	async #write<T>(point: string, work: (tx: Tx) => T): Promise<T> {
		await crashpoint(`${point}.before`);
		const result = await this.#db.write(work);
		await crashpoint(`${point}.after`);
		return result;
	}

	#change(id: string, point: string, change: (credential: Credential) => Credential): Promise<Credential | undefined> {
		return this.#write(point, (tx) => {
			const row = tx.get<Stored>('SELECT document FROM credentials WHERE id = ?', id);
			if (!row) return undefined;
			const changed = change(toCredential(row.document));
			tx.run('UPDATE credentials SET revoked = ?, document = ? WHERE id = ?', changed.revokedAt ? 1 : 0, toDocument(changed), id);
			return changed;
		});
	}
}

function put(tx: Tx, administrations: readonly Administration[]): void {
	for (const administration of administrations) {
		tx.run(
			'INSERT INTO administrations (key, document) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET document = excluded.document',
			administration.key,
			toDocument(administration),
		);
	}
}
