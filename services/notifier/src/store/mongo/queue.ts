import type { Channel } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import { pending } from '../notice-rows.ts';
import type { ClaimedNotice, ClaimNotices } from '../port.ts';
import { fieldsOf, type NotificationDocuments } from './collection.ts';
import { type ChannelName, channelName, channelNames, type ReadFields, recordOf } from './documents.ts';
import { type NoticeFields, shardCount } from './schema.ts';
import type { Change } from './updates.ts';

/** A notice that can be taken. */
interface Candidate {
	readonly document: ReadFields;
	readonly notice: NoticeFields;
}

/** How often a claim looks again after others were faster. */
const mostRounds = 4;

/** Documents of each queue that are looked at to find the notice that waits longest. */
const mostLookedAt = 100;

/** Documents that are freed at once. */
const releasedAtOnce = 500;

const everyShard = Array.from({ length: shardCount }, (_, shard) => shard);

/** The queues of notices that are due, on the documents of the notifications. */
export class NoticeQueue {
	readonly #documents: NotificationDocuments;
	readonly #shards: () => readonly number[];

	/** @param shards which parts of the queues this replica takes from */
	constructor(documents: NotificationDocuments, shards: () => readonly number[]) {
		this.#documents = documents;
		this.#shards = shards;
	}

	/** Leases what can be taken. What another one takes at the same moment is left to it, and the next ones are tried. */
	async claim(request: ClaimNotices): Promise<readonly ClaimedNotice[]> {
		const name = channelName(request.channel);
		const { owner, leaseUntil, limit } = request;
		const claimed: ClaimedNotice[] = [];
		for (let round = 0; round < mostRounds && claimed.length < limit; round++) {
			const found = await this.#candidates(name, request, limit - claimed.length);
			if (found.length === 0) break;
			if (round === 0) await crashpoint('notifier.notices.before-claim');
			const leased = new Map(
				found.map(({ notice }) => [notice.id, { ...notice, attempts: notice.attempts + 1, owner, freeAt: leaseUntil }]),
			);
			const documents = new Map(found.map(({ document }) => [document._id, document]));
			const lost = await this.#documents.write([...documents.values()].map((one) => changed(one, name, leased)));
			for (const { document, notice } of found) {
				const own = leased.get(notice.id);
				if (own && !lost.has(document._id)) claimed.push({ record: recordOf(document._id, name, own), owner, leaseUntil });
			}
			if (lost.size === 0) break;
		}
		if (claimed.length > 0) await crashpoint('notifier.notices.after-claim');
		return claimed;
	}

	async #candidates(name: ChannelName, { now, realNow, except = [] }: ClaimNotices, limit: number): Promise<readonly Candidate[]> {
		const shard = { $in: [...this.#shards()] };
		const find = async (due: object, order: string) =>
			(await this.#documents.model
				.find({ shard, ...due }, fieldsOf(name))
				.sort({ [order]: 1, _id: 1 })
				// Each of those to leave alone may be all that one of them was found for.
				.limit(limit + except.length)
				.lean()) as readonly ReadFields[];
		const [fresh, held] = [`${name}Due.freshAt`, `${name}Due.heldAt`];
		const found = await Promise.all([find({ [fresh]: { $lte: now } }, fresh), find({ [held]: { $lte: realNow } }, held)]);
		const documents = new Map(found.flat().map((one) => [one._id, one]));
		const alone = new Set(except);
		const free = ({ id, state, dueAt, freeAt }: NoticeFields) => state === pending && dueAt <= now && freeAt <= realNow && !alone.has(id);
		return [...documents.values()]
			.flatMap((document) => (document[name]?.notices ?? []).filter(free).map((notice) => ({ document, notice })))
			.sort(({ notice: one }, { notice: other }) => one.dueAt.getTime() - other.dueAt.getTime() || (one.id < other.id ? -1 : 1))
			.slice(0, limit);
	}

	/** Ends all leases of an owner. @returns how many there were */
	async release(owner: string): Promise<number> {
		const freed = new Map<string, number>();
		for (;;) {
			const found = await this.#documents.model
				.find({ $or: channelNames.map((name) => ({ [`${name}Due.owners`]: owner })) }, { _id: 1 })
				.limit(releasedAtOnce)
				.lean();
			if (found.length === 0) return [...freed.values()].reduce((sum, one) => sum + one, 0);
			const ids = found.map(({ _id }) => _id);
			for (const name of channelNames) {
				await this.#documents.change(ids, name, (id, document) => {
					const own = (document?.[name]?.notices ?? []).filter((one) => one.owner === owner);
					freed.set(`${name} ${id}`, own.length);
					if (document === undefined || own.length === 0) return undefined;
					return changed(document, name, new Map(own.map(({ owner: _, ...one }) => [one.id, { ...one, freeAt: 0 }]))).next;
				});
			}
		}
	}

	/** Milliseconds until a notice of this replica's part of the queue, other than these, may be due. */
	async untilNext(channel: Channel, now: Date, realNow: number, except: readonly string[]): Promise<number | undefined> {
		const name = channelName(channel);
		const due = `${name}Due` as const;
		const apart = await this.#holding(name, except);
		const elsewhere = { shard: { $in: [...this.#shards()] }, ...(apart.length > 0 && { _id: { $nin: apart.map(({ _id }) => _id) } }) };
		const first = async (order: 'freshAt' | 'heldAt') => {
			const path = `${due}.${order}`;
			const some = this.#documents.model.findOne({ ...elsewhere, [path]: { $exists: true } }, { [due]: 1 });
			const inOrder = some.hint({ shard: 1, [path]: 1, _id: 1 }).sort({ [path]: 1, _id: 1 });
			const found = (await inOrder.lean()) as ReadFields | null;
			return found?.[due]?.[order];
		};
		const [freshAt, heldAt] = await Promise.all([first('freshAt'), first('heldAt')]);
		const alone = new Set(except);
		const beside = apart
			.flatMap((document) => document[name]?.notices ?? [])
			.filter(({ id, state }) => state === pending && !alone.has(id))
			.map(({ dueAt, freeAt }) => Math.max(dueAt.getTime() - now.getTime(), freeAt - realNow));
		const waits = [
			...(freshAt === undefined ? [] : [Number(freshAt) - now.getTime()]),
			...(heldAt === undefined ? [] : [Number(heldAt) - realNow]),
			...beside,
		];
		return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
	}

	/** The documents that hold these notices: what stands in the queue for one of them says nothing of the others in it. */
	async #holding(name: ChannelName, ids: readonly string[]): Promise<readonly ReadFields[]> {
		if (ids.length === 0) return [];
		const notices = `${name}.notices`;
		const decisive = Object.fromEntries(['id', 'state', 'dueAt', 'freeAt'].map((path) => [`${notices}.${path}`, 1]));
		const found = this.#documents.model.find({ shard: { $in: [...this.#shards()] }, [`${notices}.id`]: { $in: [...ids] } }, decisive);
		return (await found.hint({ [`${notices}.id`]: 1 }).lean()) as readonly ReadFields[];
	}

	/** When the pending notice that was recorded first was recorded, of all replicas: among those that stand first in the queues. */
	async oldestPending(): Promise<Date | undefined> {
		const orders = channelNames.flatMap((name) => (['freshAt', 'heldAt'] as const).map((order) => ({ name, path: `${name}Due.${order}` })));
		const found = await Promise.all(
			orders.map(async ({ name, path }) => {
				const some = this.#documents.model.find({ shard: { $in: everyShard }, [path]: { $exists: true } }, fieldsOf(name));
				const inOrder = some.hint({ shard: 1, [path]: 1, _id: 1 }).sort({ [path]: 1, _id: 1 });
				const documents = (await inOrder.limit(mostLookedAt).lean()) as readonly ReadFields[];
				return documents.flatMap((document) => document[name]?.notices ?? []);
			}),
		);
		const recorded = found.flat().filter(({ state }) => state === pending);
		return recorded.length === 0 ? undefined : new Date(Math.min(...recorded.map(({ recordedAt }) => recordedAt.getTime())));
	}

	/** Pending notices that are due, of all replicas. */
	async countDue(now: Date): Promise<number> {
		const shard = { $in: everyShard };
		const waiting = channelNames.flatMap((name) => [
			{ shard, [`${name}Due.freshAt`]: { $lte: now } },
			{ shard, [`${name}Due.heldAt`]: { $gt: 0 } },
		]);
		const due = { $and: [{ $eq: ['$$this.state', { $literal: pending }] }, { $lte: ['$$this.dueAt', { $literal: now }] }] };
		const all = { $concatArrays: channelNames.map((name) => `$${name}.notices`) };
		const [found] = await this.#documents.model.aggregate<{ due: number }>([
			{ $match: { $or: waiting } },
			{ $group: { _id: null, due: { $sum: { $size: { $filter: { input: all, cond: due } } } } } },
		]);
		return found?.due ?? 0;
	}
}

/** The change that puts other notices in the place of those of the same ids. */
function changed(before: ReadFields, name: ChannelName, by: ReadonlyMap<string, NoticeFields>): Change {
	return { id: before._id, before, next: { [name]: (before[name]?.notices ?? []).map((one) => by.get(one.id) ?? one) } };
}
