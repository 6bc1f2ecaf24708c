import { conditionalPipeline, losersOf } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { ClaimedTimer, ClaimTimers, QueueLook, TimerResult } from '../port.ts';
import { instanceOf } from './documents.ts';
import { changeTimer, changeTimers, derive, failTimer, freeTimers } from './pipelines.ts';
import { type InstanceFields, type Queue, queues, shardCount, type TimerFields } from './schema.ts';

/** A timer that may be taken, and since when it could have been, in the environment's time. */
interface Candidate {
	readonly instance: InstanceFields;
	readonly timer: TimerFields;
	readonly since: number;
}

const queueOf = ({ proved }: Pick<QueueLook, 'proved'>): Queue => (proved ? 'proved' : 'plain');

/** What the queues are ordered by. */
const inOrder = { provedFreshAt: 1, provedHeldAt: 1, plainFreshAt: 1, plainHeldAt: 1 } as const;

/** All parts of the queues: an index is of one part after the other. */
const everywhere = { shard: { $in: Array.from({ length: shardCount }, (_, shard) => shard) } };

/** Timers that were taken, and that are looked at to find the one that is due longest. */
const mostHeld = 100;

/** How often a claim looks again after others were faster. */
const mostRounds = 4;

/** No timer of the instance is being fired. */
const alone = (realNow: number) => ({ $or: [{ leasedUntil: { $exists: false } }, { leasedUntil: { $lte: realNow } }] });

/** The queue of timers, on the documents of the instances. Updates are pipelines, which the schema does not check: they are written by this module alone. */
export class MongoTimers {
	readonly #model: Model<InstanceFields>;
	readonly #shards: () => readonly number[];

	/** @param shards which parts of the queue this replica takes from */
	constructor(model: Model<InstanceFields>, shards: () => readonly number[]) {
		this.#model = model;
		this.#shards = shards;
	}

	/** Leases what can be taken, one timer of an instance. What another one takes at the same moment is left to it, and the next ones are tried. */
	async claim(request: ClaimTimers): Promise<readonly ClaimedTimer[]> {
		const won: Candidate[] = [];
		for (let round = 0; round < mostRounds && won.length < request.limit; round++) {
			const found = await this.#candidates({ ...request, limit: request.limit - won.length });
			if (found.length === 0) break;
			const lost = await this.#lease(found, request);
			won.push(...found.filter((_, index) => !lost.has(index)));
			if (lost.size === 0) break;
		}
		return won.map((one) => claimed(one, request));
	}

	/** @returns the places of those that somebody else took */
	#lease(candidates: readonly Candidate[], { owner, leaseUntil, realNow }: ClaimTimers): Promise<ReadonlySet<number>> {
		return losersOf(() =>
			this.#bulk(
				candidates.map(({ instance: { _id }, timer }) => {
					const { kind, dueAt, freeAt } = timer;
					const filter = { _id, timers: { $elemMatch: { kind, dueAt, freeAt } }, ...alone(realNow) };
					return conditionalPipeline(filter, 'revision', [changeTimer(kind, { owner, freeAt: leaseUntil }), derive]);
				}),
			),
		);
	}

	async #candidates(request: ClaimTimers): Promise<readonly Candidate[]> {
		const { now, realNow, limit } = request;
		const queue = queueOf(request);
		const find = (field: 'FreshAt' | 'HeldAt', until: Date | number) =>
			this.#model
				.find({ ...this.#mine(request), [`${queue}${field}`]: { $lte: until }, ...alone(realNow) })
				.sort({ [`${queue}${field}`]: 1, _id: 1 })
				.limit(limit)
				.lean();
		const [fresh, held] = await Promise.all([find('FreshAt', now), find('HeldAt', realNow)]);
		const instances = new Map([...fresh, ...held].map((one) => [one._id, one as InstanceFields]));
		return [...instances.values()]
			.flatMap((instance) => firstOf(instance, request))
			.sort((one, other) => one.since - other.since || one.instance._id - other.instance._id)
			.slice(0, limit);
	}

	/** What this replica takes from, but for what it is told to leave alone. */
	#mine({ except }: Pick<QueueLook, 'except'>) {
		return { shard: { $in: [...this.#shards()] }, ...(except.length > 0 && { _id: { $nin: [...except] } }) };
	}

	/** Writes what became of timers whose leases still stand. */
	async settle(results: readonly TimerResult[]): Promise<void> {
		if (results.length === 0) return;
		await this.#bulk(
			results.map((result) => {
				const { notificationId: _id, kind, owner, leaseUntil } = result.timer;
				if (result.kind === 'gone') return { deleteOne: { filter: { _id } } };
				const filter = { _id, timers: { $elemMatch: { kind, owner, freeAt: leaseUntil } } };
				return { updateOne: { filter, update: [settlement(result), derive] } };
			}),
		);
	}

	/** Ends all leases of an owner. @returns how many instances had one */
	async release(owner: string): Promise<number> {
		const filter = { leasedUntil: { $exists: true }, 'timers.owner': owner };
		return (await this.#model.collection.updateMany(filter, [freeTimers(owner), derive])).modifiedCount;
	}

	/** Milliseconds until there may be a timer to be taken. */
	async untilNext(look: QueueLook): Promise<number | undefined> {
		const { now, realNow } = look;
		const queue = queueOf(look);
		const mine = this.#mine(look);
		const first = async (field: 'FreshAt' | 'HeldAt', condition: object) => {
			const path = `${queue}${field}` as const;
			const found = await this.#model
				.findOne({ ...mine, ...condition }, inOrder)
				.sort({ [path]: 1, _id: 1 })
				.lean();
			return found?.[path];
		};
		const [due, later, held, leased] = await Promise.all([
			first('FreshAt', { [`${queue}FreshAt`]: { $lte: now }, ...alone(realNow) }),
			first('FreshAt', { [`${queue}FreshAt`]: { $gt: now } }),
			first('HeldAt', { [`${queue}HeldAt`]: { $exists: true }, ...alone(realNow) }),
			this.#model
				.findOne({ leasedUntil: { $gt: realNow }, ...mine }, { leasedUntil: 1 })
				.sort({ leasedUntil: 1 })
				.lean(),
		]);
		const waits = [
			...[due, later].flatMap((at) => (at ? [Number(at) - now.getTime()] : [])),
			...[held, leased?.leasedUntil].flatMap((at) => (at === undefined ? [] : [Number(at) - realNow])),
		];
		return waits.length === 0 ? undefined : Math.max(0, Math.min(...waits));
	}

	/** When the next timer is due, of all replicas. */
	async nextDue(now: Date): Promise<Date | undefined> {
		const nexts = await Promise.all(
			queues.flatMap((queue) => {
				const path = `${queue}FreshAt` as const;
				return [
					this.#model
						.findOne({ ...everywhere, [path]: { $gt: now } }, inOrder)
						.sort({ [path]: 1 })
						.lean()
						.then((one) => one?.[path]),
					// Instances with one that is due already may have another one that is not.
					this.#model
						.aggregate<{ at: Date | null }>([
							{ $match: { ...everywhere, [path]: { $lte: now } } },
							{ $unwind: '$timers' },
							{ $match: { 'timers.freeAt': 0, 'timers.dueAt': { $gt: now } } },
							{ $group: { _id: null, at: { $min: '$timers.dueAt' } } },
						])
						.then(([one]) => one?.at ?? undefined),
				];
			}),
		);
		const times = nexts.flatMap((at) => (at ? [at.getTime()] : []));
		return times.length === 0 ? undefined : new Date(Math.min(...times));
	}

	/** Timers that can be taken, and those that are leased, of all replicas. */
	async countDue(now: Date, realNow: number): Promise<number> {
		const [found] = await this.#model.aggregate<{ due: number }>([
			{
				$match: {
					$or: [
						...queues.flatMap((queue) => [
							{ ...everywhere, [`${queue}FreshAt`]: { $lte: now } },
							{ ...everywhere, [`${queue}HeldAt`]: { $lte: realNow } },
						]),
						{ leasedUntil: { $gt: realNow } },
					],
				},
			},
			{ $unwind: '$timers' },
			{
				$match: {
					$or: [
						{ 'timers.freeAt': 0, 'timers.dueAt': { $lte: now } },
						{ 'timers.freeAt': { $gt: 0, $lte: realNow } },
						{ 'timers.freeAt': { $gt: realNow }, 'timers.owner': { $exists: true } },
					],
				},
			},
			{ $count: 'due' },
		]);
		return found?.due ?? 0;
	}

	/** When the timer that is due longest fell due, of all replicas; of those that were taken, the hundred that are free first. */
	async oldestDue(now: Date): Promise<Date | undefined> {
		const first = (path: string, limit: number) =>
			this.#model
				.find({ ...everywhere, [path]: { $exists: true } }, { timers: 1 })
				.hint({ shard: 1, [path]: 1, _id: 1 })
				.sort({ [path]: 1, _id: 1 })
				.limit(limit)
				.lean();
		const found = await Promise.all(queues.flatMap((queue) => [first(`${queue}FreshAt`, 1), first(`${queue}HeldAt`, mostHeld)]));
		const dues = found.flat().flatMap(({ timers }) => timers.map(({ dueAt }) => dueAt.getTime()));
		const oldest = Math.min(...dues);
		return oldest <= now.getTime() ? new Date(oldest) : undefined;
	}

	#bulk(operations: readonly object[]): Promise<unknown> {
		return this.#model.collection.bulkWrite(operations as never, { ordered: false });
	}
}

/** The timer of an instance, in the queue that is looked at, that could have been taken first. */
function firstOf(instance: InstanceFields, { now, realNow, proved }: QueueLook): readonly Candidate[] {
	const free = instance.timers.filter((one) => one.proved === proved && one.dueAt <= now && one.freeAt <= realNow);
	const since = ({ freeAt, dueAt }: TimerFields) => (freeAt === 0 ? dueAt.getTime() : freeAt + now.getTime() - realNow);
	const [first] = free.toSorted((one, other) => since(one) - since(other) || one.kind.localeCompare(other.kind));
	return first ? [{ instance, timer: first, since: since(first) }] : [];
}

function claimed({ instance, timer }: Candidate, { owner, leaseUntil }: ClaimTimers): ClaimedTimer {
	const { notificationId, workflow, workflowVersion, position, timers } = instanceOf(instance);
	const own = timers.find(({ kind }) => kind === timer.kind);
	if (!own) throw new Error('an instance lost a timer while it was read');
	const others = timers.filter((other) => other !== own).map(({ kind, dueAt }) => ({ kind, dueAt }));
	return { ...own, notificationId, workflow, workflowVersion, position, others, owner, leaseUntil };
}

function settlement(result: Exclude<TimerResult, { kind: 'gone' }>) {
	const { kind } = result.timer;
	switch (result.kind) {
		case 'done':
			return changeTimers([kind], []);
		case 'later':
			return changeTimer(kind, { dueAt: result.dueAt, freeAt: 0, owner: undefined });
		case 'failed':
			return failTimer(kind, result.notBefore);
	}
}
