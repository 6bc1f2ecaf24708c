import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, SandboxClock } from '@fefaent/kernel';
import { type Job, type MovableClock, startJob, type TimedWork } from '@fefaent/service-kit';
import { type MongoDatabase, openMongo, watchCollection } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import { processError } from '../errors.ts';
import { markAhead } from './mark.ts';
import { type ClockFields, clockId, collections, type MemberFields, migrations, paths } from './schema.ts';
import { lastStage, stageOf } from './stages.ts';

/** How a process takes part in the time of its sandbox. */
export interface SharedSandboxOptions {
	readonly url: string;
	/** The sandbox's own database, of all services together. */
	readonly database: string;
	/** The database of this process's service. */
	readonly serviceDatabase: string;
	readonly service: string;
	/** This replica, as no other calls itself. */
	readonly owner: string;
	/** The services without one of which time does not move. */
	readonly services: readonly string[];
	/** Told of what is tried again. */
	readonly onError: (error: unknown, where: string) => void;
}

/** Between two signs of life, and longest time until a move is noticed without a change stream; real time in milliseconds. */
const beatMs = 1_000;
/** Without a sign of life for so long a process is gone, and not waited for; real time in milliseconds. */
const goneMs = 5_000;
/** A stage that nobody ends (its mover was killed) ends by itself after so long; real time in milliseconds. */
const stuckMs = 5_000;
/** How long a move waits for all processes; real time in milliseconds. */
const patienceMs = 20_000;
/** Between two looks at who has answered. */
const lookEveryMs = 10;

/** Something that is due, of a process that does not work yet: nobody is at rest before it is. */
const starting: TimedWork = { backlog: async () => 1, nextDue: async () => undefined };

const nothing: TimedWork = { backlog: async () => 0, nextDue: async () => undefined };

/**
 * The time of a sandbox whose services run apart. One document, in a database of the sandbox's own, says how far ahead of the machines it is; every
 * process follows it, and says so in a document of its own. A move goes through the services in stages (`stages.ts`) and is over when every process that
 * lives has the new time. None of it exists where `FEFAENT_SANDBOX` is not set.
 */
export class SharedSandbox {
	readonly #options: SharedSandboxOptions;
	readonly #db: MongoDatabase;
	readonly #clocks: Model<ClockFields>;
	readonly #members: Model<MemberFields>;
	readonly #own = new SandboxClock();
	#work: TimedWork = starting;
	#job: Job | undefined;
	#unwatch: (() => Promise<void>) | undefined;

	constructor(options: SharedSandboxOptions) {
		this.#options = options;
		this.#db = openMongo({ url: options.url, database: options.database, name: 'sandbox', migrations, maxPoolSize: 4 });
		this.#clocks = this.#db.model(collections.clock, paths.clock);
		this.#members = this.#db.model(collections.members, paths.members);
	}

	/** What the services of this process work by. */
	get time(): Clock {
		return this.#own;
	}

	/** Moves the time of all processes. */
	get clock(): MovableClock {
		const sandbox = this;
		return {
			now: () => sandbox.#own.now(),
			get offsetMs() {
				return sandbox.#own.offsetMs;
			},
			advance: (ms) => sandbox.#advance(ms),
		};
	}

	/** The work of all processes. */
	get everyone(): TimedWork {
		return {
			backlog: async () => (await this.#look()).reduce((sum, one) => sum + one.backlog, 0),
			nextDue: async () => {
				const times = (await this.#look()).flatMap(({ nextDue }) => (nextDue ? [nextDue.getTime()] : []));
				return times.length === 0 ? undefined : new Date(Math.min(...times));
			},
		};
	}

	/** Takes the time that it is there. Repeat it until it works, before anything works by {@link time}. @throws STORE_UNREACHABLE and others of the store */
	async join(): Promise<void> {
		if (this.#job !== undefined) return;
		await this.#db.prepare();
		// Seen before it looks: from here on a move waits for it.
		await this.#follow();
		// While a move goes on that has not come to this service: what the time was before is not known here.
		while (!(await this.#follow())) await delay(lookEveryMs);
		this.#unwatch = watchCollection({
			model: this.#clocks,
			match: { operationType: 'update' },
			onChange: () => this.#job?.wake(),
			onError: this.#options.onError,
		});
		this.#job = startJob({
			name: 'sandbox.time',
			everyMs: beatMs,
			run: async () => {
				await this.#follow();
				return 'idle';
			},
			onError: (error) => this.#options.onError(error, 'time of the sandbox'),
		});
	}

	/** From now on this work counts. */
	began(work: TimedWork): void {
		this.#work = work;
		this.#job?.wake();
	}

	/** Before the work of this process stops: it counts no more, and what is left of it is that of other replicas. The time is followed until {@link close}. */
	ended(): void {
		this.#work = nothing;
	}

	/** Leaves: moves wait for this process no longer. */
	async close(): Promise<void> {
		await this.#unwatch?.();
		await this.#job?.stop();
		await this.#db.run(() => this.#members.deleteOne({ _id: this.#options.owner })).catch(() => {});
		await this.#db.close();
	}

	/** Takes the time if it is this service's turn, and says what time it has and what it has to do. @returns whether it was its turn */
	async #follow(): Promise<boolean> {
		const { owner, service, serviceDatabase } = this.#options;
		const { offsetMs, stage, movedAt, look } = await this.#read();
		const ours = stage >= stageOf(service) || Date.now() - movedAt.getTime() > stuckMs;
		const behind = ours ? offsetMs - this.#own.offsetMs : 0;
		if (behind > 0) {
			await markAhead(this.#db, serviceDatabase, offsetMs);
			this.#own.advance(behind);
		}
		const [backlog, nextDue] = await Promise.all([this.#work.backlog(), this.#work.nextDue()]);
		const until = new Date(Date.now() + goneMs);
		const known = { service, offsetMs: this.#own.offsetMs, until, look, backlog };
		const said = nextDue === undefined ? { $set: known, $unset: { nextDue: 1 } } : { $set: { ...known, nextDue } };
		await this.#db.run(() => this.#members.updateOne({ _id: owner }, said as never, { upsert: true }));
		return ours;
	}

	async #read(): Promise<ClockFields> {
		const found = await this.#db.run(() => this.#clocks.findById(clockId).lean());
		return { _id: clockId, offsetMs: 0, stage: lastStage, look: 0, movedAt: new Date(0), ...(found as Partial<ClockFields> | null) };
	}

	/** Those that live. */
	async #living(): Promise<readonly MemberFields[]> {
		const members = await this.#db.run(() => this.#members.find({ _id: { $gt: '' } }).lean());
		return (members as readonly MemberFields[]).filter(({ until }) => until.getTime() > Date.now());
	}

	/** @throws CLOCK_NOT_FOLLOWED */
	async #until(holds: (member: MemberFields) => boolean): Promise<readonly MemberFields[]> {
		const ends = performance.now() + patienceMs;
		for (;;) {
			const living = await this.#living();
			const services = new Set(living.map(({ service }) => service));
			const missing = [
				...this.#options.services.filter((service) => !services.has(service)),
				...living.filter((member) => !holds(member)).map(({ _id }) => _id),
			];
			if (missing.length === 0) return living;
			if (performance.now() > ends) throw processError('CLOCK_NOT_FOLLOWED', { missing: missing.join(', ') });
			await delay(lookEveryMs);
		}
	}

	async #advance(ms: number): Promise<void> {
		const to = this.#own.offsetMs + ms;
		// Nothing moves unless everybody is there to move with it.
		await this.#until(() => true);
		for (let stage = 0; stage <= lastStage; stage++) {
			// Another gateway may move it further meanwhile: then these find nothing to write, and its stages are waited for.
			const moved = stage === 0 ? { offsetMs: { $lt: to } } : { offsetMs: to, stage: { $lt: stage } };
			await this.#db.run(() => this.#clocks.updateOne({ _id: clockId, ...moved }, { $set: { offsetMs: to, stage, movedAt: new Date() } }));
			await this.#until(({ service, offsetMs }) => stageOf(service) > stage || offsetMs >= to);
		}
	}

	/** Asks every process for its work. */
	async #look(): Promise<readonly MemberFields[]> {
		const asked = await this.#db.run(() =>
			this.#clocks.findOneAndUpdate({ _id: clockId }, { $inc: { look: 1 } }, { returnDocument: 'after' }).lean(),
		);
		const number = (asked as ClockFields | null)?.look ?? 0;
		return this.#until(({ look }) => look >= number);
	}
}
