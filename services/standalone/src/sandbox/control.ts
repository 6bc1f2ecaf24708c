import { setTimeout as delay } from 'node:timers/promises';
import type { EmbeddedBus } from '@fefaent/event-bus';
import type { Service } from '@fefaent/service-kit';
import type { PersistentSandboxClock } from './clock-file.ts';

/** What may be done with time in a sandbox. */
export interface SandboxControl {
	now(): Date;
	/** How far ahead of the machine's time, in milliseconds. */
	readonly offsetMs: number;
	/** Moves time ahead; every timer that is due by then fires. */
	advance(ms: number): void;
	/** Waits until nothing is due any more. @returns whether that came within `timeoutMs` milliseconds of real time */
	settled(timeoutMs: number): Promise<boolean>;
}

const everyMs = 10;
/** A look counts, which costs more the more there is: nobody needs to look so often then. */
const everyMsWhileMuch = 200;
const much = 500;
/** One quiet look is not enough: work passes between services, and may be in no queue while one hands it to the next. */
const quietLooks = 3;

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
		advance: (ms) => clock.advance(ms),
		settled: async (timeoutMs) => {
			const deadline = performance.now() + timeoutMs;
			for (let quiet = 0; quiet < quietLooks; ) {
				const left = await backlog();
				quiet = left === 0 ? quiet + 1 : 0;
				if (performance.now() > deadline) return false;
				await delay(left > much ? everyMsWhileMuch : everyMs);
			}
			return true;
		},
	};
}
