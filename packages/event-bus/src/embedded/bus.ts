import type { Clock } from '@fefaent/kernel';
import { type Database, openDatabase } from '@fefaent/store-kit';
import { busError } from '../errors.ts';
import type { BusMessage, DeadLetter, DeadLetterFilter, EventBus, Following, FollowOptions, GroupLag, RedriveFilter } from '../port.ts';
import { showLag } from '../tracing/lag.ts';
import { traceProcessing } from '../tracing/processing.ts';
import { traceSending } from '../tracing/sending.ts';
import { DeadLetters } from './dead-letters.ts';
import { Follower } from './follower.ts';
import { Log } from './log.ts';
import { migrations } from './schema.ts';

/** How the embedded bus is opened. */
export interface EmbeddedBusOptions {
	/** The log's file; this process holds it alone. */
	readonly path: string;
	/** Dates what is appended and what dies, and so decides about retention. */
	readonly clock: Clock;
	/** How long a message stays once every group of its topic has passed it, in milliseconds of the clock. */
	readonly retentionMs: number;
	/** Told of what goes wrong behind the caller's back, and where. Default: a process warning. */
	readonly onError?: (error: unknown, where: string) => void;
}

/** The bus of the standalone way to run. */
export interface EmbeddedBus extends EventBus {
	/** Deletes what retention no longer keeps; it does so by itself each minute and when the clock is moved. @returns how many messages */
	sweep(): Promise<number>;
}

/** Between sweeps, real time. */
const sweepEveryMs = 60_000;

/**
 * Opens a bus on one SQLite file: a durable log with committed offsets per group, all in this process.
 * @throws what `openDatabase` throws
 */
export function openEmbeddedBus(options: EmbeddedBusOptions): EmbeddedBus {
	return new SqliteBus(options);
}

class SqliteBus implements EmbeddedBus {
	readonly #options: EmbeddedBusOptions;
	readonly #onError: (error: unknown, where: string) => void;
	readonly #db: Database;
	readonly #log: Log;
	readonly #letters: DeadLetters;
	/** The live follower of each topic and group. */
	readonly #followers = new Map<string, Follower>();
	readonly #sweeper: NodeJS.Timeout;
	readonly #unwatchClock: () => void;
	#sweeping: Promise<number> | undefined;
	#closing: Promise<void> | undefined;
	readonly #hideLag: () => void;

	constructor(options: EmbeddedBusOptions) {
		this.#options = options;
		this.#onError = options.onError ?? ((error, where) => process.emitWarning(`event bus, ${where}: ${String(error)}`));
		this.#db = openDatabase({ path: options.path, name: 'bus', migrations });
		this.#log = new Log(this.#db, options.clock);
		this.#letters = new DeadLetters(this.#db);
		const sweep = () => void this.sweep().catch((error: unknown) => this.#onError(error, 'sweep'));
		this.#sweeper = setInterval(sweep, sweepEveryMs).unref();
		this.#unwatchClock = options.clock.onMoved(sweep);
		const followed = async () => (await this.lag()).filter(({ topic, group }) => this.#followers.has(place(topic, group)));
		this.#hideLag = showLag(followed, this.#onError);
	}

	async publish(messages: readonly BusMessage[]): Promise<void> {
		this.#assertOpen();
		if (messages.length === 0) return;
		try {
			await traceSending('fefaent', messages, (traced) => this.#log.append(traced));
		} finally {
			// Even when it failed: it may have failed after the commit.
			for (const topic of new Set(messages.map((message) => message.topic))) {
				for (const follower of new Set(this.#followers.values())) follower.logged(topic);
			}
		}
	}

	follow(wanted: FollowOptions): Following {
		this.#assertOpen();
		const options = { ...wanted, handle: traceProcessing('fefaent', wanted.group, wanted.handle) };
		const places = options.topics.map((topic) => place(topic, options.group));
		options.topics.forEach((topic, index) => {
			if (this.#followers.has(places[index] ?? '')) throw busError('BUS_GROUP_TAKEN', { group: options.group, topic });
		});
		const { clock } = this.#options;
		const follower = new Follower({ log: this.#log, letters: this.#letters, clock, onError: this.#onError }, options);
		for (const name of places) this.#followers.set(name, follower);
		return {
			stop: async () => {
				await follower.stop();
				for (const name of places) if (this.#followers.get(name) === follower) this.#followers.delete(name);
			},
		};
	}

	async deadLetters(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
		return this.#letters.list(filter);
	}

	async redrive(filter: RedriveFilter = {}): Promise<number> {
		this.#assertOpen();
		const redriven = await this.#letters.redrive(filter);
		for (const follower of new Set(this.#followers.values())) follower.redriven();
		return redriven;
	}

	async lag(): Promise<readonly GroupLag[]> {
		return this.#log.consumers().map(({ topic, group, head, passed, dead, redriven, deadAhead }) => {
			// A live follower knows better than the disk what is done.
			const standing = this.#followers.get(place(topic, group))?.standing(topic);
			const pending = standing
				? head - standing.passed - standing.settledAhead + redriven - standing.settledLetters.length
				: head - passed - deadAhead + redriven;
			return { topic, group, pending: Math.max(0, pending), dead };
		});
	}

	sweep(): Promise<number> {
		this.#sweeping ??= this.#sweepOnce().finally(() => {
			this.#sweeping = undefined;
		});
		return this.#sweeping;
	}

	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		this.#hideLag();
		clearInterval(this.#sweeper);
		this.#unwatchClock();
		await Promise.all([...new Set(this.#followers.values())].map((follower) => follower.stop()));
		await this.#sweeping?.catch(() => {});
		await this.#db.close();
	}

	async #sweepOnce(): Promise<number> {
		const { clock, retentionMs } = this.#options;
		return this.#closing ? 0 : await this.#log.sweep(new Date(clock.now().getTime() - retentionMs));
	}

	#assertOpen(): void {
		if (this.#closing) throw busError('BUS_CLOSED');
	}
}

function place(topic: string, group: string): string {
	return `${group}\n${topic}`;
}
