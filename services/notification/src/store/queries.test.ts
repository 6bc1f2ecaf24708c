import { State } from '@fefaent/contracts/notification';
import { openDatabase } from '@fefaent/store-kit';
import { temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { migrations } from './migrations.ts';
import type { SearchQuery } from './port.ts';
import { claimsSql, searchStatement } from './queries.ts';

const issuer = { issuerCode: 'DEMO' };
const reference = { issuerReference: 'A' };
const state = { state: State.ENTERED };

it('every query goes by the index made for it', async () => {
	await using folder = temporaryFolder();
	const db = openDatabase({ path: folder.join('notification.db'), name: 'plans', migrations });
	try {
		const plan = (sql: string, values: readonly (string | number)[]) =>
			db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map((row) => row.detail);
		const search = (query: Omit<SearchQuery, 'limit'>) => {
			const { sql, values } = searchStatement({ ...query, limit: 10 });
			return plan(sql, values as readonly (string | number)[]);
		};
		for (const page of [{}, { beforeId: 9 }]) {
			expect(search({ ...issuer, ...page })[0]).toContain('notifications_issuer (issuer=?');
			expect(search({ ...state, ...page })[0]).toContain('notifications_state (state=?');
			expect(search({ ...issuer, ...state, ...page })[0]).toContain('notifications_issuer_state (issuer=? AND state=?');
			for (const query of [issuer, state, { ...issuer, ...state }]) expect(search({ ...query, ...page })).toHaveLength(1);
			expect(search({ ...reference, ...page })[0]).toContain('notifications_reference (reference=?');
			expect(search({ ...reference, ...issuer, ...state, ...page })[0]).toContain('notifications_reference (reference=? AND issuer=?');
		}
		// By the primary key, backwards, until the page is full.
		expect(search({})).toEqual(['SCAN notifications']);
		expect(search({ beforeId: 9 })).toEqual(['SEARCH notifications USING INTEGER PRIMARY KEY (rowid<?)']);
		expect(plan(claimsSql, [9, 1, 1, 10])).toEqual([
			'SEARCH notifications USING INDEX notifications_claimed (claimed_at>? AND claimed_at<?)',
		]);
	} finally {
		await db.close();
	}
});
