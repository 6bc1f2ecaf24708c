import { Alarm, detached, type Job, startJob } from '@fefaent/service-kit';
import type { ClaimedNotice, NoticeStore } from '../store/port.ts';
import { NoticeTries, type TryDeps } from './try-notice.ts';

/** What sending by one channel works with. */
export interface SendingDeps extends TryDeps {
	/** Most notices under way at once. */
	readonly concurrency: number;
	readonly store: NoticeStore;
	readonly ownerId: string;
}

/** Sending under way. */
export interface Sending {
	/** Resolves when no notice that is due is free, and none is under way. */
	settled(): Promise<void>;
	/** Takes no more, and ends after those under way. */
	stop(): Promise<void>;
}

/** Longest time between two looks, real time in milliseconds: for notices that other processes recorded. */
const everyMs = 15_000;

/** Sends the notices of one channel as they become due: woken by new ones, by a moved clock, and by an alarm set on the next one. */
export function startSending(deps: SendingDeps): Sending {
	return new ChannelSending(deps);
}

class ChannelSending implements Sending {
	readonly #deps: SendingDeps;
	readonly #job: Job;
	/** By id. The machine's time may jump over the end of a lease: what is under way here is not taken again before it is over. */
	readonly #underWay = new Map<string, Promise<void>>();
	readonly #tries: NoticeTries;
	readonly #alarm = new Alarm(() => this.#job.wake());
	#stopped = false;

	constructor(deps: SendingDeps) {
		this.#deps = deps;
		this.#tries = new NoticeTries(deps);
		this.#job = startJob({
			name: `notifier.sending.${deps.channel}`,
			everyMs,
			wake: (listener) => {
				const ends = [deps.store.onScheduled(listener), deps.clock.onMoved(listener)];
				return () => {
					for (const end of ends) end();
				};
			},
			run: () => this.#round(),
			onError: (error) => deps.logger.error({ err: error, channel: deps.channel }, 'notices could not be taken; it is tried again'),
		});
	}

	async settled(): Promise<void> {
		do {
			await Promise.all(this.#underWay.values());
			await this.#job.settled();
		} while (this.#underWay.size > 0 && !this.#stopped);
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#job.stop();
		this.#alarm.clear();
		await Promise.all(this.#underWay.values());
	}

	/** Takes as many as there is room for, once half of it is free: fewer, larger leases. */
	async #round(): Promise<'again' | 'idle'> {
		const { store, channel, clock, ownerId, leaseMs, concurrency } = this.#deps;
		if (this.#underWay.size > concurrency / 2) return 'idle';
		const limit = concurrency - this.#underWay.size;
		const realNow = Date.now();
		const claimed = await store.claimDue({
			channel,
			now: clock.now(),
			realNow,
			owner: ownerId,
			leaseUntil: realNow + leaseMs,
			limit,
			except: [...this.#underWay.keys()],
		});
		for (const one of claimed) this.#start(one);
		if (claimed.length === limit) return 'again';
		await this.#setAlarm();
		return 'idle';
	}

	async #setAlarm(): Promise<void> {
		const { store, channel, clock } = this.#deps;
		const wait = await store.untilNext(channel, clock.now(), Date.now(), [...this.#underWay.keys()]);
		if (wait !== undefined && wait < everyMs && !this.#stopped) this.#alarm.set(wait);
	}

	#start(claimed: ClaimedNotice): void {
		const { id } = claimed.record;
		const sending = detached(() => this.#tries.run(claimed)).finally(() => {
			this.#underWay.delete(id);
			if (!this.#stopped) this.#job.wake();
		});
		this.#underWay.set(id, sending);
	}
}
