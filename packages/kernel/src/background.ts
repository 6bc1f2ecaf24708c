/** Longest wait for a turn, real time in milliseconds: background work goes on under any load. */
const patienceMs = 250;

/** The loop is quiet when it had nothing to do for this share of the time looked at. */
const quietShare = 0.1;

/** Shortest time that says something about the loop, and how often it is looked at while somebody waits; milliseconds. */
const windowMs = 2;

interface Waiting {
	readonly dueAt: number;
	readonly go: (now: number) => void;
}

const waiting: Waiting[] = [];
let lookedAt = 0;
let idleBefore = 0;
let quiet = true;

/**
 * Lets those go first who wait for an answer: a loop of background work asks for its turn before each round. While the event loop has time to
 * spare there is nothing to wait for; else the turn comes with the next moment when it has, and at most {@link patienceMs} later. Turns are
 * given one at a time, so that together they do not fill the loop again. What waits meanwhile is handled in fewer and larger batches,
 * which costs less.
 */
export class BackgroundTurns {
	readonly #turnMs: number;
	#until = 0;

	/** @param turnMs how long a turn lasts: small rounds, as of one busy key, are not each waited for. Milliseconds, default 10 */
	constructor(turnMs = 10) {
		this.#turnMs = turnMs;
	}

	/** A promise of the next turn; undefined when it may go on at once. */
	next(): Promise<void> | undefined {
		const now = performance.now();
		if (now < this.#until || (waiting.length === 0 && isQuiet(now))) return undefined;
		return new Promise((resolve) => {
			const go = (at: number) => {
				this.#until = at + this.#turnMs;
				resolve();
			};
			waiting.push({ dueAt: now + patienceMs, go });
			if (waiting.length === 1) setTimeout(look, windowMs);
		});
	}
}

function look(): void {
	const now = performance.now();
	const first = waiting[0];
	if (first && (isQuiet(now) || first.dueAt <= now)) {
		waiting.shift();
		// What follows it is seen before the next one goes.
		quiet = false;
		first.go(now);
	}
	if (waiting.length > 0) setTimeout(look, windowMs);
}

/** Whether the loop was quiet in the last window. */
function isQuiet(now: number): boolean {
	const passed = now - lookedAt;
	if (passed < windowMs) return quiet;
	const { idle } = performance.eventLoopUtilization();
	quiet = idle - idleBefore >= passed * quietShare;
	lookedAt = now;
	idleBefore = idle;
	return quiet;
}
