import { setTimeout as delay } from 'node:timers/promises';
import type { EmbeddedBus } from '@fefaent/event-bus';
import type { Service } from '@fefaent/service-kit';
import type { PersistentSandboxClock } from './clock-file.ts';

/** What may be done with time in a sandbox. */
export interface SandboxControl {
	now(): Date;
	/** How far ahead of the machine's time, in milliseconds. */
	readonly offsetMs: number;
	/**
	 * Moves time ahead as it would pass: it halts at the instants at which something falls due, so that what is to happen on the way happens then and
	 * in its order (a reminder before the expiry, and neither at the end of the move).
	 */
	advance(ms: number): Promise<void>;
	/** Waits until nothing is due any more. @returns whether that came within `timeoutMs` milliseconds of real time */
	settled(timeoutMs: number): Promise<boolean>;
}

const everyMs = 10;
/** A look counts, which costs more the more there is: nobody needs to look so often then. */
const everyMsWhileMuch = 200;
const much = 500;
/** One quiet look is not enough: work passes between services, and may be in no queue while one hands it to the next. */
const quietLooks = 3;

/** Most halts of one move: what falls due closer together than that happens together. */
const mostHalts = 200;
/** How long one halt waits for what fell due, real time in milliseconds. */
const haltMs = 2_000;

/** Makes the control over a clock, the bus and the services that work by both. */
export function sandboxControl(clock: PersistentSandboxClock, bus: EmbeddedBus, services: () => readonly Service[]): SandboxControl {
	async function backlog(): Promise<number> {
		const lags = (await bus.lag()).map(({ pending }) => pending);
		const dues = await Promise.all(services().map(async (service) => (await service.backlog?.()) ?? 0));
		return [...lags, ...dues].reduce((sum, one) => sum + one, 0);
	}
	return {
		now: () => clock.now(),
		get offsetMs() {
			return clock.offsetMs;
		},
		advance: async (ms) => {
			// Counted by the shift and not by the time it is: the machine's own time goes on meanwhile.
			const target = clock.offsetMs + ms;
			const shortest = ms / mostHalts;
			while (clock.offsetMs < target) {
				// What happened until now may still be setting timers. Work that does not come to rest (a receiver is down, say) holds nobody up for long.
				await settled(haltMs);
				const left = target - clock.offsetMs;
				const untilDue = ((await nextDue()) ?? Infinity) - clock.now().getTime();
				clock.advance(Math.min(Math.ceil(Math.max(untilDue, shortest, 1)), left));
			}
		},
		settled,
	};

	async function nextDue(): Promise<number | undefined> {
		const dates = await Promise.all(services().map(async (service) => service.nextDue?.()));
		const times = dates.flatMap((date) => (date === undefined ? [] : [date.getTime()]));
		return times.length === 0 ? undefined : Math.min(...times);
	}

	async function settled(timeoutMs: number): Promise<boolean> {
		const deadline = performance.now() + timeoutMs;
		for (let quiet = 0; quiet < quietLooks; ) {
			const left = await backlog();
			quiet = left === 0 ? quiet + 1 : 0;
			if (performance.now() > deadline) return false;
			await delay(left > much ? everyMsWhileMuch : everyMs);
		}
		return true;
	}
}
