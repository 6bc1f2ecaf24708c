import { crashpoint } from '@fefaent/kernel';
import type { OffsetsByTopicPartition } from 'kafkajs';
import { typeOf } from './failure.ts';
import type { PartitionReader } from './partition-reader.ts';

/** What a commit goes through: bound to the membership under which the partitions were given. */
export type Commit = (offsets: OffsetsByTopicPartition) => Promise<void>;

/** What the committer works with. */
export interface CommitterDeps {
	readonly group: string;
	/** Offsets are committed at most this often: all that a later commit costs is what a crash repeats. */
	readonly everyMs: number;
	readonly readers: () => Iterable<PartitionReader>;
	readonly onError: (error: unknown, where: string) => void;
}

const retryMs = 1000;

/** How long the last commit is tried while the group is being shared out anew, and how often. */
const lastPatienceMs = 3000;
const lastEveryMs = 100;

/** Refusals that belong to a rebalance: the partitions are somebody else's now, or are given anew in a moment. */
const rebalanced = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID']);

/** Commits, behind a follower, how far it got: the offset below which all is done, and what is done above it. */
export class OffsetCommitter {
	readonly #deps: CommitterDeps;
	#commit: Commit | undefined;
	#timer: NodeJS.Timeout | undefined;
	#writing: Promise<boolean> | undefined;
	#closed = false;

	constructor(deps: CommitterDeps) {
		this.#deps = deps;
	}

	/** Goes through another consumer from now on, or through none. */
	use(commit: Commit | undefined): void {
		this.#commit = commit;
	}

	/** Something may have been done. */
	noticed(): void {
		if (this.#timer || this.#writing || this.#closed || !this.#isBehind()) return;
		this.#schedule(this.#deps.everyMs);
	}

	/** Commits at once what there is: what is not committed when a partition goes to another member is repeated there. */
	hurry(): void {
		if (!this.#writing) void this.#write();
	}

	/** Commits the last of it. What cannot be committed is delivered again. */
	async close(): Promise<void> {
		this.#closed = true;
		clearTimeout(this.#timer);
		await this.#writing;
		const deadline = performance.now() + lastPatienceMs;
		while (this.#isBehind() && this.#commit && performance.now() < deadline) {
			if (await this.#write()) return;
			await new Promise((resolve) => setTimeout(resolve, lastEveryMs));
		}
	}

	#isBehind(): boolean {
		for (const reader of this.#deps.readers()) if (reader.isBehind) return true;
		return false;
	}

	#schedule(ms: number): void {
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			if (!this.#writing) void this.#write();
		}, ms);
	}

	/** Whatever became done meanwhile, or was refused, is written later. @returns false when it was refused */
	#write(): Promise<boolean> {
		this.#writing = this.#writeOnce().then((done) => {
			this.#writing = undefined;
			if (!this.#closed && !this.#timer && this.#isBehind()) this.#schedule(done ? this.#deps.everyMs : retryMs);
			return done;
		});
		return this.#writing;
	}

	async #writeOnce(): Promise<boolean> {
		const commit = this.#commit;
		if (!commit) return true;
		try {
			const hold = crashpoint('bus.offset.before-commit');
			if (hold) await hold;
			const behind = [...this.#deps.readers()].filter((reader) => reader.isBehind).map((reader) => reader.progress());
			if (behind.length === 0) return true;
			const byTopic = Map.groupBy(behind, ({ progress }) => progress.topic);
			await commit({
				topics: [...byTopic].map(([topic, list]) => ({
					topic,
					partitions: list.map(({ progress: { partition, offset, metadata } }) => ({ partition, offset, metadata })),
				})),
			});
			for (const { committed } of behind) committed();
			await crashpoint('bus.offset.after-commit');
			return true;
		} catch (error) {
			if (!rebalanced.has(typeOf(error))) this.#deps.onError(error, `${this.#deps.group} commit`);
			return false;
		}
	}
}
