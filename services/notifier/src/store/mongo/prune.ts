import type { NotificationDocuments } from './collection.ts';
import { channelNames } from './documents.ts';
import type { NotificationFields, SeenFields } from './schema.ts';
import type { Change } from './updates.ts';

type Pruned = Pick<NotificationFields, '_id' | 'revision' | 'seen'> & { readonly empty: boolean };

/** Forgets events seen before an instant, and the documents that hold nothing else. What changes meanwhile is left to another time. */
export async function pruneSeen(documents: NotificationDocuments, before: Date, limit: number): Promise<number> {
	const { model } = documents;
	const none = { $and: channelNames.map((name) => ({ $eq: [{ $size: `$${name}.notices` }, 0] })) };
	const found = await model.aggregate<Pruned>([
		{ $match: { seenAt: { $lt: before } } },
		{ $sort: { seenAt: 1 } },
		{ $limit: limit },
		{ $project: { revision: 1, seen: 1, empty: none } },
	]);
	const changes: (Change & { readonly forgotten: number })[] = [];
	const removals: (Pruned & { readonly forgotten: number })[] = [];
	let left = limit;
	for (const one of found) {
		const { kept, forgotten } = split(one.seen, before, left);
		left -= forgotten;
		if (kept.length === 0 && one.empty) removals.push({ ...one, forgotten });
		else if (forgotten > 0) changes.push({ id: one._id, before: one, next: { seen: kept }, forgotten });
	}
	const lost = await documents.write(changes);
	// A document without notices gets some only by an event, which makes another revision.
	const deletions = removals.map(({ _id, revision }) => ({ deleteOne: { filter: { _id, revision } } }));
	if (deletions.length > 0) await model.bulkWrite(deletions, { ordered: false });
	return [...changes.filter(({ id }) => !lost.has(id)), ...removals].reduce((sum, { forgotten }) => sum + forgotten, 0);
}

function split(
	seen: readonly SeenFields[],
	before: Date,
	most: number,
): { readonly kept: readonly SeenFields[]; readonly forgotten: number } {
	const oldest = seen.filter(({ at }) => at < before).toSorted((one, other) => one.at.getTime() - other.at.getTime());
	const forgotten = new Set(oldest.slice(0, most));
	return { kept: seen.filter((one) => !forgotten.has(one)), forgotten: forgotten.size };
}
