import { stateToNumber } from '@fefaent/contracts/notification';
import type { SqlValue } from '@fefaent/store-kit';
import type { SearchQuery } from './port.ts';

/** Documents with a claim decided before an instant and behind a place in the order, oldest first. */
export const claimsSql =
	'SELECT document FROM notifications WHERE claimed_at < ? AND (claimed_at, id) > (?, ?) ORDER BY claimed_at, id LIMIT ?';

/** The statement of a search: one text for each combination of what is asked, so that each is prepared once and uses the index made for it. */
export function searchStatement(query: SearchQuery): { readonly sql: string; readonly values: readonly SqlValue[] } {
	const terms: string[] = ['document IS NOT NULL'];
	const values: SqlValue[] = [];
	const add = (term: string, value: SqlValue) => {
		terms.push(term);
		values.push(value);
	};
	if (query.issuerReference !== undefined) add('reference = ?', query.issuerReference);
	if (query.issuerCode !== undefined) add('issuer = ?', query.issuerCode);
	if (query.state !== undefined) add('state = ?', stateToNumber(query.state));
	if (query.beforeId !== undefined) add('id < ?', query.beforeId);
	values.push(query.limit);
	return { sql: `SELECT document FROM notifications WHERE ${terms.join(' AND ')} ORDER BY id DESC LIMIT ?`, values };
}
