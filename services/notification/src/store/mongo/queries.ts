import { stateToNumber } from '@fefaent/contracts/notification';
import type { ClaimPosition, SearchQuery } from '../port.ts';

/** What a search looks for, highest id first. */
export function searchFilter(query: SearchQuery) {
	return {
		document: { $exists: true },
		...(query.issuerReference !== undefined && { reference: query.issuerReference }),
		...(query.issuerCode !== undefined && { issuer: query.issuerCode }),
		...(query.state !== undefined && { state: stateToNumber(query.state) }),
		...(query.beforeId !== undefined && { _id: { $lt: query.beforeId } }),
	};
}

/** Claims decided before an instant and behind a place in the order, by instant and id. */
export function claimsFilter(before: Date, after: ClaimPosition | undefined) {
	if (!after) return { claimedAt: { $exists: true, $lt: before } };
	return {
		claimedAt: { $exists: true, $gte: after.decidedAt, $lt: before },
		$or: [{ claimedAt: { $gt: after.decidedAt } }, { claimedAt: after.decidedAt, _id: { $gt: after.id } }],
	};
}
