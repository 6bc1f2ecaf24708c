// Processes that die under a script, each at its point, and come back.
import { setTimeout as delay } from 'node:timers/promises';
import type { Script } from '../crash/scripts.ts';
import type { DistributedHouse } from './house.ts';
import type { Installation } from './installation.ts';

/** The crash points at which one process is to die in a playing, one after the other: as soon as it is started again, the next one is armed. */
export interface Chain {
	readonly process: string;
	readonly points: readonly string[];
}

/** What came of a playing. */
export interface Killed {
	/** What is wrong in the end. */
	readonly wrong: readonly string[];
	/** What was not come to, of each chain. */
	readonly left: readonly Chain[];
}

/** Most times that a script is begun again, besides once for each death. */
const spareAttempts = 3;

/**
 * Plays a script while processes die and are started again, then drives all to rest.
 * @param tag the playing's own
 */
export async function playKilled(
	house: DistributedHouse,
	keepers: readonly Keeper[],
	script: Script,
	tag: string,
	chains: readonly Chain[],
): Promise<Killed> {
	const { fefaent } = house;
	const playing = script.begin(tag);
	const deaths = () => keepers.reduce((sum, one) => sum + one.deaths, 0);
	for (const keeper of keepers) keeper.begin(chains.find(({ process }) => process === keeper.process)?.points ?? []);
	const first = deaths();
	const most = chains.reduce((sum, { points }) => sum + points.length, spareAttempts);
	for (;;) {
		const before = deaths();
		try {
			await playing.play(fefaent, house);
			await settled(house, keepers);
			break;
		} catch (error) {
			// Whoever was told that something failed tries again: that must be because of a death.
			if (before - first > most || !(await comesTrue(() => deaths() > before))) throw error;
			await Promise.all(keepers.map((one) => one.back));
		}
	}
	const left = keepers.map((one) => one.end());
	await settled(house, keepers);
	return { wrong: await playing.wrong(house.books, house.outside()), left };
}

/** Waits for rest, which what dies and comes back meanwhile disturbs. */
async function settled({ fefaent }: DistributedHouse, keepers: readonly Keeper[]): Promise<void> {
	for (;;) {
		await Promise.all(keepers.map((one) => one.back));
		const before = keepers.map((one) => one.deaths).join();
		try {
			await fefaent.settle();
			if (keepers.map((one) => one.deaths).join() === before) return;
		} catch (error) {
			if (!(await comesTrue(() => keepers.map((one) => one.deaths).join() !== before))) throw error;
		}
	}
}

/** Waits a moment for what is on its way: a broken connection is noticed before the end of the process. */
async function comesTrue(condition: () => boolean): Promise<boolean> {
	const ends = performance.now() + 3_000;
	while (!condition() && performance.now() < ends) await delay(20);
	return condition();
}

/** Has one process die at the points of a chain, and brings it back each time that it was killed, until the house is closed. */
export class Keeper {
	readonly process: string;
	readonly #installation: Installation;
	#points: string[] = [];
	#back: Promise<void> = Promise.resolve();
	/** How often it died. */
	deaths = 0;

	constructor(installation: Installation, process: string) {
		this.process = process;
		this.#installation = installation;
		this.#watch();
	}

	/** Resolved when it is at work, as it is now or once it has come back. Rejected when it could not be started again. */
	get back(): Promise<void> {
		return this.#back;
	}

	/** From now on it dies at these points. */
	begin(points: readonly string[]): void {
		this.#points = [...points];
		this.#arm();
	}

	/** From now on it lives. @returns what it did not come to */
	end(): Chain {
		const left = { process: this.process, points: this.#points };
		this.begin([]);
		return left;
	}

	#arm(): void {
		this.#installation.arm(this.process, this.#points[0]);
	}

	#watch(): void {
		this.#installation.ended(this.process).then(
			({ signal }) => {
				// Ended in order by whoever takes the house down.
				if (signal !== 'SIGKILL') return;
				this.#back = this.#comeBack();
				this.#back.catch(() => {});
			},
			() => {},
		);
	}

	async #comeBack(): Promise<void> {
		do {
			this.deaths++;
			this.#points.shift();
			// The next point may lie on its way up.
			this.#arm();
		} while (await diesOnStart(this.#installation, this.process));
		this.#watch();
	}
}

/** Starts a process that has ended. @returns whether it was killed before it was ready */
export async function diesOnStart(installation: Pick<Installation, 'start'>, process: string): Promise<boolean> {
	try {
		await installation.start(process);
		return false;
	} catch (error) {
		if (String(error).includes('it ended with SIGKILL')) return true;
		throw error;
	}
}

/** Waits for what a process does once it is ready. @returns whether it was killed at that */
export async function diesSoon(installation: Pick<Installation, 'ended'>, process: string): Promise<boolean> {
	const ended = installation.ended(process).then(({ signal }) => signal === 'SIGKILL');
	return Promise.race([ended, delay(2_000, false)]);
}
