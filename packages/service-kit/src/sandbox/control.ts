import { setTimeout as delay } from 'node:timers/promises';

/** A clock that can be moved ahead. */
export interface MovableClock {
	now(): Date;
	/** How far ahead of the machine's time, in milliseconds. */
	readonly offsetMs: number;
	/** Moves time ahead by `ms` milliseconds. Resolved when whoever works by it knows. */
	advance(ms: number): Promise<void>;
}

/** What works by the clock: services, of one process or of many. */
export interface TimedWork {
	/** Work that is due and not done. */
	backlog(): Promise<number>;
	/** The next instant at which something falls due by itself. */
	nextDue(): Promise<Date | undefined>;
}

/** How a move is made. */
export interface SandboxControlOptions {
	readonly clock: MovableClock;
	/** How far the consumers of each topic are behind. */
	readonly bus: { lag(): Promise<readonly { readonly pending: number }[]> };
	readonly services: TimedWork;
	/**
	 * Halts of one move at the very instants at which something falls due. After so many, as many again share out the rest: what falls due between two of
	 * them happens together. So does, from the beginning, what is due already and does not come to rest. Default 200.
	 */
	readonly exactHalts?: number;
}

/** What may be done with time in a sandbox. */
export interface SandboxControl {
	now(): Date;
	/** How far ahead of the machine's time, in milliseconds. */
	readonly offsetMs: number;
	/**
	 * Moves time ahead as it would pass: it halts at the instants at which something falls due, so that what is to happen on the way happens then and
	 * in its order (a reminder before the expiry, and neither at the end of the move). Moves go one after the other.
	 * @param withinMs most milliseconds of real time that it may take, waiting for earlier moves included
	 * @returns how many milliseconds of the move are left, because its time was over; 0 when it was made whole
	 */
	advance(ms: number, withinMs?: number): Promise<number>;
	/** Waits until nothing is due any more. @returns whether that came within `timeoutMs` milliseconds of real time */
	settled(timeoutMs: number): Promise<boolean>;
}

const everyMs = 10;
/** A look counts, which costs more the more there is: nobody needs to look so often then. */
const everyMsWhileMuch = 200;
const much = 500;
/** One quiet look is not enough: work passes between services, and may be in no queue while one hands it to the next. */
const quietLooks = 3;

/** How long one halt waits for what fell due, real time in milliseconds. */
const haltMs = 2_000;

/** Makes the control over a clock, the bus and the services that work by both. */
export function sandboxControl({ clock, bus, services, exactHalts = 200 }: SandboxControlOptions): SandboxControl {
	/** The latest move that was asked for. */
	let lastMove: Promise<unknown> = Promise.resolve();

	async function backlog(): Promise<number> {
		const lags = (await bus.lag()).map(({ pending }) => pending);
		return lags.reduce((sum, one) => sum + one, await services.backlog());
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

	/** @param ends instant of `performance.now()` */
	async function move(ms: number, ends: number): Promise<number> {
		// Counted by the shift and not by the time it is: the machine's own time goes on meanwhile.
		const target = clock.offsetMs + ms;
		let coarse = ms / exactHalts;
		for (let halts = 0; clock.offsetMs < target; halts++) {
			const timeLeft = ends - performance.now();
			if (timeLeft <= 0) break;
			// What happened until now may still be setting timers. Work that does not come to rest (a receiver is down, say) holds nobody up for long.
			await settled(Math.min(haltMs, timeLeft));
			const left = target - clock.offsetMs;
			if (halts === exactHalts) coarse = left / exactHalts;
			const untilDue = ((await services.nextDue())?.getTime() ?? Infinity) - clock.now().getTime();
			await clock.advance(Math.min(Math.ceil(halts < exactHalts && untilDue > 0 ? untilDue : Math.max(untilDue, coarse)), left));
		}
		return target - clock.offsetMs;
	}

	return {
		now: () => clock.now(),
		get offsetMs() {
			return clock.offsetMs;
		},
		advance: (ms, withinMs = Infinity) => {
			const ends = performance.now() + withinMs;
			const moving = lastMove.then(() => move(ms, ends));
			lastMove = moving.catch(() => {});
			return moving;
		},
		settled,
	};
}
