import type { FollowerDeps } from './follower.ts';
import type { TopicReader } from './topic-reader.ts';

/**
 * Offsets are recorded at most this often (real time): a commit is an fsync, and all that a later one costs is that a crash
 * repeats the messages of that time, which consumers recognise. All groups do it on the same tick, so that they share one fsync.
 */
const everyMs = 50;

/** After a commit that failed. */
const retryMs = 1000;

/** Writes down, behind a follower, how far it got. */
export class OffsetCommitter {
	readonly #deps: Pick<FollowerDeps, 'log' | 'onError'>;
	readonly #group: string;
	readonly #readers: ReadonlyMap<string, TopicReader>;
	readonly #committed = new Map<string, number>();
	#timer: NodeJS.Timeout | undefined;
	#commit: Promise<void> | undefined;
	#closed = false;

	constructor(deps: Pick<FollowerDeps, 'log' | 'onError'>, group: string, readers: ReadonlyMap<string, TopicReader>) {
		this.#deps = deps;
		this.#group = group;
		this.#readers = readers;
	}

	/** Something may have been passed. */
	noticed(): void {
		if (this.#timer || this.#commit || this.#closed || !this.#isBehind()) return;
		this.#schedule(untilTick());
	}

	/** Writes down the last of it. What cannot be written is delivered again. */
	async close(): Promise<void> {
		this.#closed = true;
		clearTimeout(this.#timer);
		await this.#commit;
		await this.#write().catch((error: unknown) => this.#deps.onError(error, `${this.#group} commit`));
	}

	#isBehind(): boolean {
		return [...this.#readers.values()].some((reader) => this.#passedSince(reader) || reader.settledLetters.length > 0);
	}

	#passedSince(reader: TopicReader): boolean {
		return reader.passed !== (this.#committed.get(reader.topic) ?? reader.startedAt);
	}

	#schedule(ms: number): void {
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			this.#commit = this.#write()
				.then(
					() => 0,
					(error: unknown) => {
						this.#deps.onError(error, `${this.#group} commit`);
						return retryMs;
					},
				)
				.then((waitMs) => {
					this.#commit = undefined;
					if (!this.#closed && this.#isBehind()) this.#schedule(waitMs + untilTick());
				});
		}, ms);
	}

	async #write(): Promise<void> {
		const readers = [...this.#readers.values()];
		const passed = new Map(readers.filter((reader) => this.#passedSince(reader)).map((reader) => [reader.topic, reader.passed]));
		const letters = readers.map((reader) => ({ reader, settled: [...reader.settledLetters] }));
		if (passed.size === 0 && letters.every(({ settled }) => settled.length === 0)) return;
		await this.#deps.log.commit(
			this.#group,
			passed,
			letters.flatMap(({ settled }) => settled),
		);
		for (const [topic, offset] of passed) this.#committed.set(topic, offset);
		for (const { reader, settled } of letters) if (settled.length > 0) reader.deleted(settled);
	}
}

function untilTick(): number {
	return everyMs - (performance.now() % everyMs);
}
