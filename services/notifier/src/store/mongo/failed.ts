import type { NoticeRecord } from '../../domain/notice.ts';
import { failed } from '../notice-rows.ts';
import type { NotificationDocuments } from './collection.ts';
import { type ChannelName, channelNames, type ReadFields, recordOf } from './documents.ts';

/** Failed notices of all notifications, in the order of their ids, from the one after an id on. */
export async function failedAfter(documents: NotificationDocuments, afterId: string, limit: number): Promise<readonly NoticeRecord[]> {
	const found = await Promise.all(channelNames.map((name) => ofChannel(documents, name, afterId, limit)));
	return found.flat().sort(byId).slice(0, limit);
}

async function ofChannel(documents: NotificationDocuments, name: ChannelName, afterId: string, limit: number) {
	const records: NoticeRecord[] = [];
	for (let after = afterId; ; ) {
		const until = await boundOf(documents, name, after, limit);
		const ids = await idsBetween(documents, name, after, until);
		const next = ids.slice(0, limit - records.length);
		const wanted = new Set(next.map(({ id }) => id));
		for (const one of await documents.read([...new Set(next.map(({ notificationId }) => notificationId))], name)) {
			const notices = (one[name]?.notices ?? []).filter(({ id, state }) => wanted.has(id) && state === failed);
			records.push(...notices.map((fields) => recordOf(one._id, name, fields)));
		}
		// A page with room left is the last one: what others took up again since it was found must not make it so.
		const isCut = next.length < ids.length;
		if (records.length === limit || (!isCut && until === undefined)) return records;
		after = (isCut ? next.at(-1)?.id : until) ?? after;
	}
}

/**
 * An id up to which there are as many failed ones as asked for, and not many more; undefined when all are to be looked at, which fewer documents hold.
 *
 * An index of lists gives no order. So each document has its first and its last failed one in an order of its own, and of both orders the place where as
 * many are counted is such an id: each document on the way has one of its own there.
 */
async function boundOf(documents: NotificationDocuments, name: ChannelName, after: string, limit: number): Promise<string | undefined> {
	const place = async (order: 'failedFirst' | 'failedLast') => {
		const path = `${name}Due.${order}`;
		const some = documents.model.find({ [path]: { $gt: after } }, { _id: 0, [path]: 1 }).hint({ [path]: 1 });
		const found = (await some
			.sort({ [path]: 1 })
			.skip(limit - 1)
			.limit(1)
			.lean()) as readonly Partial<ReadFields>[];
		return found[0]?.[`${name}Due`]?.[order];
	};
	const places = await Promise.all([place('failedFirst'), place('failedLast')]);
	return places.filter((one) => one !== undefined).sort()[0];
}

/** In their order. */
async function idsBetween(documents: NotificationDocuments, name: ChannelName, after: string, until: string | undefined) {
	const path = `${name}Due.failed`;
	const between = { $gt: after, ...(until !== undefined && { $lte: until }) };
	const found = (await documents.model
		.find({ [path]: { $elemMatch: between } }, { [path]: 1 })
		.hint({ [path]: 1 })
		.lean()) as readonly ReadFields[];
	return found
		.flatMap((one) => (one[`${name}Due`]?.failed ?? []).map((id) => ({ id, notificationId: one._id })))
		.filter(({ id }) => id > after && (until === undefined || id <= until))
		.sort(byId);
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
	return one.id < other.id ? -1 : 1;
}
