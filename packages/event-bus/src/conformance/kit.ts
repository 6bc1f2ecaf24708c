import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusMessage, Delivery, EventBus, Following, FollowOptions, GroupLag, Outcome, RetryPolicy } from '../port.ts';

/** What an adapter brings to be judged. */
export interface BusHarness {
	/** Opens the bus; after a close, opens it again on the same storage. */
	open(): Promise<EventBus>;
	/** Makes a case's topics before the bus is opened, where topics do not come into being by themselves. */
	prepare?(topics: readonly string[], groups: readonly string[]): Promise<void>;
}

/** One thing that a bus must do. */
export interface ConformanceCase {
	/** Says what must hold. */
	readonly name: string;
	/** Rejects when it does not. Leaves the bus closed. */
	run(harness: BusHarness): Promise<void>;
}

/** A policy that does not keep a test waiting. */
export const quick = (maxAttempts: number): RetryPolicy => ({ firstMs: 5, factor: 1, maxMs: 5, jitter: 0, maxAttempts });

/** Every outcome `done`. */
export const allDone = (batch: readonly Delivery[]): Outcome[] => batch.map(() => ({ kind: 'done' }));

/** Polls until `check` holds. @throws when it does not within `deadlineMs` */
export async function eventually(what: string, check: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
	const deadline = performance.now() + deadlineMs;
	while (!(await check())) {
		if (performance.now() > deadline) throw new Error(`never came: ${what}`);
		await sleep(5);
	}
}

/** One case's world: its own topic, and groups that collide with no other case on a shared broker. */
export class Scene {
	readonly topic = `conformance.${randomUUID()}`;
	readonly #harness: BusHarness;
	#bus: EventBus | undefined;
	#made = 0;

	constructor(harness: BusHarness) {
		this.#harness = harness;
	}

	/** The bus, open. */
	get bus(): EventBus {
		if (!this.#bus) throw new Error('the bus is not open');
		return this.#bus;
	}

	/** Has the topics made that the case uses; each group may follow each of them. */
	async prepare({ topics = [''], groups = ['g'] }: Needs): Promise<void> {
		await this.#harness.prepare?.(
			topics.map((suffix) => this.topic + suffix),
			groups.map((name) => this.group(name)),
		);
	}

	async open(): Promise<void> {
		this.#bus = await this.#harness.open();
	}

	async close(): Promise<void> {
		await this.#bus?.close();
		this.#bus = undefined;
	}

	/** Closes and opens again, as a restart does. */
	async restart(): Promise<void> {
		await this.close();
		await this.open();
	}

	/** A group's name, of this case alone. */
	group(name: string): string {
		return `${name}.${this.topic}`;
	}

	/** A message of a key; `text` is its body. */
	message(key: string, text: string, topic = this.topic): BusMessage {
		const id = `${this.topic}/${text}/${this.#made++}`;
		return {
			id,
			topic,
			key,
			type: 'Tested',
			at: new Date(Date.UTC(2026, 0, 1, 9, 0, 0, this.#made)),
			headers: {},
			body: Buffer.from(text),
		};
	}

	/** Publishes messages given as `key:text`. */
	async publish(...messages: readonly string[]): Promise<void> {
		await this.bus.publish(messages.map((one) => this.message(one.split(':')[0] ?? '', one)));
	}

	/** Follows this case's topic. */
	follow(group: string, handle: FollowOptions['handle'], options: Partial<FollowOptions> = {}): Following {
		return this.bus.follow({ topics: [this.topic], group: this.group(group), retry: quick(3), handle, ...options });
	}

	/** Follows and notes the texts delivered; all are done. */
	collect(group: string, options: Partial<FollowOptions> = {}): { readonly texts: string[]; readonly following: Following } {
		const texts: string[] = [];
		const following = this.follow(
			group,
			async (batch) => {
				texts.push(...batch.map(text));
				return allDone(batch);
			},
			options,
		);
		return { texts, following };
	}

	/** How a group stands on this case's topic. */
	async lag(group: string): Promise<Omit<GroupLag, 'topic' | 'group'> | undefined> {
		const found = (await this.bus.lag()).find((one) => one.topic === this.topic && one.group === this.group(group));
		return found && { pending: found.pending, dead: found.dead };
	}

	/** Waits until a group has nothing more to do. */
	async atRest(group: string): Promise<void> {
		await eventually(`${group} at rest`, async () => (await this.lag(group))?.pending === 0);
	}
}

/** The text that {@link Scene.message} put into a message. */
export const text = (message: BusMessage): string => Buffer.from(message.body).toString();

/** What a case needs to exist. */
export interface Needs {
	/** What is added to the name of the case's topic. Default: that topic alone. */
	readonly topics?: readonly string[];
	/** Names as {@link Scene.group} takes them. Default `g`. */
	readonly groups?: readonly string[];
}

/** Makes a case of a name and what it plays. */
export function scene(name: string, play: (scene: Scene) => Promise<void>, needs: Needs = {}): ConformanceCase {
	return {
		name,
		run: async (harness) => {
			const stage = new Scene(harness);
			await stage.prepare(needs);
			await stage.open();
			try {
				await play(stage);
			} finally {
				await stage.close();
			}
		},
	};
}
