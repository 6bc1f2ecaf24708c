import type { Clock } from '@fefaent/kernel';
import { Deliverer } from '../following/deliverer.ts';
import type { Following, FollowOptions } from '../port.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Log } from './log.ts';
import { OffsetCommitter } from './offset-committer.ts';
import { type LogEntry, TopicReader } from './topic-reader.ts';

/** What a follower works with. */
export interface FollowerDeps {
	readonly log: Log;
	readonly letters: DeadLetters;
	readonly clock: Clock;
	readonly onError: (error: unknown, where: string) => void;
}

/** Delivers a group's topics of the embedded log to its handler, and has the offsets committed behind it. */
export class Follower implements Following {
	readonly #deps: FollowerDeps;
	readonly #options: FollowOptions;
	readonly #readers = new Map<string, TopicReader>();
	readonly #committer: OffsetCommitter;
	readonly #deliverer: Deliverer<LogEntry>;
	readonly #joined: Promise<void>;
	#stopped: Promise<void> | undefined;

	constructor(deps: FollowerDeps, options: FollowOptions) {
		this.#deps = deps;
		this.#options = options;
		this.#committer = new OffsetCommitter(deps, options.group, this.#readers);
		this.#deliverer = new Deliverer<LogEntry>(
			{
				clock: deps.clock,
				onError: deps.onError,
				bury: (dying) =>
					deps.letters.bury(
						options.group,
						dying.map(({ death }) => death),
					),
				onSettled: () => this.#committer.noticed(),
			},
			options,
		);
		this.#joined = this.#join();
	}

	/** Tells that a topic's log has grown. */
	logged(topic: string): void {
		this.#readers.get(topic)?.logged();
		this.#deliverer.wake();
	}

	/** Tells that dead letters were put back. */
	redriven(): void {
		for (const reader of this.#readers.values()) reader.redriven();
		this.#deliverer.wake();
	}

	/** Where it stands on a topic, ahead of what is committed; undefined before it has joined. */
	standing(topic: string): TopicReader | undefined {
		return this.#readers.get(topic);
	}

	stop(): Promise<void> {
		this.#stopped ??= this.#stop();
		return this.#stopped;
	}

	async #stop(): Promise<void> {
		await Promise.all([this.#deliverer.stop(), this.#joined]);
		await this.#committer.close();
	}

	async #join(): Promise<void> {
		const { group, topics } = this.#options;
		await this.#deliverer.persist('join', async () => {
			const passed = await this.#deps.log.join(group, topics);
			for (const [topic, offset] of passed) {
				const reader = new TopicReader(this.#deps, group, topic, offset);
				this.#readers.set(topic, reader);
				this.#deliverer.add(reader);
			}
		});
	}
}
