import type { Model } from 'mongoose';
import { isDuplicateKey } from './failures.ts';
import type { MongoDatabase } from './open.ts';

interface Lease {
	readonly _id: string;
	readonly owner: string;
	readonly until: Date;
}

/** The collection of {@link ShardLeases}: put it into a migration of the owning store. */
export const leasesCollection = 'leases';

/** How shards are shared out. */
export interface ShardLeasesOptions {
	readonly db: MongoDatabase;
	/** What is sharded; several kinds share one collection. */
	readonly kind: string;
	readonly shards: number;
	/** This replica, as no other calls itself. */
	readonly owner: string;
	/** How long a lease holds without being renewed, in milliseconds: what a killed replica's shards wait. Default 5,000. */
	readonly ttlMs?: number;
	/** Called when shards were gained. */
	readonly onGained?: () => void;
	/** Shards that something is being done with: one that is to be handed over is no longer {@link ShardLeases.held}, and given up when that is done. Default: none. */
	readonly inUse?: () => ReadonlySet<number>;
	/**
	 * Called for a replica that ended without giving up what it had, once it gave no sign of life for three times `ttlMs`: what it had begun may be taken
	 * over. Called until it succeeds, by every replica that saw it.
	 */
	readonly onDead?: (owner: string) => Promise<void>;
	readonly onError: (error: unknown, where: string) => void;
}

/**
 * Shares shards out among the replicas of a service: each holds its fair part by leases in the database, renews them, gives up what is more than
 * its part when replicas come, and takes over what is left when they go. Leases live on real time; replicas' clocks may differ by less than the
 * time to live. One that overslept may overlap with its successor: what is done under a lease must bear being done twice.
 */
export class ShardLeases {
	readonly #options: Required<Omit<ShardLeasesOptions, 'onGained' | 'onDead'>> & Pick<ShardLeasesOptions, 'onGained' | 'onDead'>;
	readonly #model: Model<Lease>;
	/** Shard → until when it is held, on this process's own steady clock: the machine's may be set back. */
	readonly #held = new Map<number, number>();
	readonly #silence: Silence;
	#timer: NodeJS.Timeout | undefined;
	#round: Promise<void> | undefined;
	#stopped = false;
	#stopping: Promise<void> | undefined;

	constructor(options: ShardLeasesOptions) {
		this.#options = { ttlMs: 5_000, inUse: () => new Set(), ...options };
		this.#silence = new Silence(this.#options.ttlMs);
		this.#model = options.db.model<Lease>(leasesCollection, { _id: String, owner: String, until: Date });
	}

	/** The shards held now. */
	get held(): readonly number[] {
		const now = performance.now();
		return [...this.#held].filter(([, until]) => until > now).map(([shard]) => shard);
	}

	/** Takes part from now on. @returns once the first round is over */
	async start(): Promise<void> {
		await this.#tick();
	}

	/** Gives everything up, for others to take at once. */
	stop(): Promise<void> {
		this.#stopping ??= this.#giveUp();
		return this.#stopping;
	}

	async #giveUp(): Promise<void> {
		this.#stopped = true;
		clearTimeout(this.#timer);
		// It never took part.
		if (this.#round === undefined) return;
		await this.#round;
		this.#held.clear();
		const { db, owner, kind } = this.#options;
		await db
			.run(() => this.#model.deleteMany({ _id: { $gte: `${kind}/`, $lt: `${kind}0` }, owner }))
			.catch((error: unknown) => this.#options.onError(error, `${kind} leases`));
	}

	async #tick(): Promise<void> {
		this.#round = this.#share().catch((error: unknown) => this.#options.onError(error, `${this.#options.kind} leases`));
		await this.#round;
		if (!this.#stopped) this.#timer = setTimeout(() => void this.#tick(), this.#options.ttlMs / 4);
	}

	async #share(): Promise<void> {
		const { db, kind, shards, owner, ttlMs } = this.#options;
		// Before anything is asked: what is held is held a little longer in the database than here.
		const asked = performance.now();
		const now = Date.now();
		const until = new Date(now + ttlMs);
		const member = `${kind}/members/${owner}`;
		// One read and two writes a round, however many shards there are, unless some change hands.
		await db.run(() => this.#model.updateOne({ _id: member }, { $set: { owner, until } }, { upsert: true }));
		const leases = await db.run(() => this.#model.find({ _id: { $gte: `${kind}/`, $lt: `${kind}0` } }).lean());
		const members = leases.filter((one) => one._id.startsWith(`${kind}/members/`));
		const alive = members.filter((one) => one.until.getTime() > now);
		const part = Math.ceil(shards / Math.max(1, alive.length));
		const owners = new Map(leases.filter((one) => one.until.getTime() > now).map((one) => [one._id, one.owner]));
		const name = (shard: number) => `${kind}/shards/${shard}`;
		const all = Array.from({ length: shards }, (_, shard) => shard);
		const mine = all.filter((shard) => owners.get(name(shard)) === owner);
		const free = all.filter((shard) => !owners.has(name(shard)));
		const kept = mine.slice(0, part);
		const surplus = mine.slice(part);
		// What was begun with a shard ends before another replica begins: nothing new begins with it from here on.
		for (const shard of surplus) this.#held.delete(shard);
		const used = this.#options.inUse();
		await this.#release(surplus.filter((shard) => !used.has(shard)).map(name));
		const renewed = await this.#renew([...kept, ...surplus.filter((shard) => used.has(shard))], name, until);
		const wanted = free.slice(0, Math.max(0, part - kept.length));
		const got = await Promise.all(wanted.map(async (shard) => ((await this.#take(name(shard), until)) ? [shard] : [])));
		const before = new Set(this.held);
		this.#held.clear();
		for (const shard of [...kept.filter((one) => renewed.has(one)), ...got.flat()]) this.#held.set(shard, asked + ttlMs);
		if (this.held.some((shard) => !before.has(shard))) this.#options.onGained?.();
		for (const dead of this.#silence.silent(members)) await this.#bury(dead);
	}

	/** Has what a dead replica had begun taken over, then forgets it, unless it has come back. */
	async #bury({ _id, owner, until }: Lease): Promise<void> {
		const { db, onDead } = this.#options;
		if (onDead) {
			// It may have come back while the leases were looked through.
			const still = await db.run(() => this.#model.findOne({ _id, until }, { _id: 1 }).lean());
			if (still === null) return;
			await onDead(owner);
		}
		await db.run(() => this.#model.deleteOne({ _id, until }));
	}

	/** Prolongs leases in one write. @returns those that still were ours */
	async #renew(shards: readonly number[], name: (shard: number) => string, until: Date): Promise<ReadonlySet<number>> {
		if (shards.length === 0) return new Set();
		const { db, owner } = this.#options;
		const ours = { _id: { $in: shards.map(name) }, owner };
		const { matchedCount } = await db.run(() => this.#model.updateMany(ours, { $set: { until } }));
		if (matchedCount === shards.length) return new Set(shards);
		// One overslept, and another replica took some.
		const left = await db.run(() => this.#model.find(ours, { _id: 1 }).lean());
		const names = new Set(left.map(({ _id }) => _id));
		return new Set(shards.filter((shard) => names.has(name(shard))));
	}

	async #take(_id: string, until: Date): Promise<boolean> {
		const { db, owner } = this.#options;
		return db.run(async () => {
			try {
				await this.#model.updateOne(
					{ _id, $or: [{ owner }, { until: { $lte: new Date() } }] },
					{ $set: { owner, until } },
					{ upsert: true },
				);
				return true;
			} catch (error) {
				if (isDuplicateKey(error)) return false;
				throw error;
			}
		});
	}

	async #release(ids: readonly string[]): Promise<void> {
		if (ids.length === 0) return;
		const { db, owner } = this.#options;
		await db.run(() => this.#model.deleteMany({ _id: { $in: ids }, owner }));
	}
}

/** Tells who gives no sign of life, by what this process sees on its own clock: not after a time in which it saw nothing, when nobody could give one. */
class Silence {
	readonly #ttlMs: number;
	#lastLook = Number.NEGATIVE_INFINITY;
	/** By lease: its end, and since when that is known. */
	#seen: ReadonlyMap<string, { readonly until: number; readonly since: number }> = new Map();

	constructor(ttlMs: number) {
		this.#ttlMs = ttlMs;
	}

	/** @param leases all that there are @returns those that nobody renewed for three times the time to live */
	silent(leases: readonly Lease[]): readonly Lease[] {
		const now = performance.now();
		const before = now - this.#lastLook > this.#ttlMs ? new Map() : this.#seen;
		this.#lastLook = now;
		this.#seen = new Map(
			leases.map(({ _id, until }) => {
				const known = before.get(_id);
				return [_id, known?.until === until.getTime() ? known : { until: until.getTime(), since: now }];
			}),
		);
		return leases.filter(({ _id }) => now - (this.#seen.get(_id)?.since ?? now) > 3 * this.#ttlMs);
	}
}
