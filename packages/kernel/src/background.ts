/**
 * How long background work stands back at most, real time in milliseconds: for each who waits for an answer, and in all. So it goes on under any
 * load, and a few callers hardly hold it up.
 */
const patienceMs = { each: 4, most: 250 };

/** Answers come in bunches: those who wait are counted at the height of this time, in milliseconds. */
const recentMs = 100;

/** The loop is quiet when it had nothing to do for this share of the time looked at. */
const quietShare = 0.1;

/** Shortest time that says something about the loop, and how often it is looked at while somebody waits; milliseconds. */
const windowMs = 2;

interface Waiting {
	readonly since: number;
	readonly go: (now: number) => void;
}

const waiting: Waiting[] = [];
let answers = 0;
let mostAnswers = 0;
let mostAt = 0;
let lookedAt = 0;
let idleBefore = 0;
let quiet = true;

/** Does work that somebody waits for, so that background work stands back. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
	answers++;
	const now = performance.now();
	if (answers >= mostAnswers || now - mostAt > recentMs) {
		mostAnswers = answers;
		mostAt = now;
	}
	try {
		return await work();
	} finally {
		answers--;
	}
}

/**
 * Lets those go first who wait for an answer: a loop of background work asks for its turn before each round. While nobody waits ({@link answering}) or
 * the event loop has time to spare, it goes on at once; else its turn comes with the next such moment, or when it has stood back for long
 * enough. Turns are given one at a time, so that together they do not fill the loop again. What waits meanwhile is handled in fewer and
 * larger batches, which costs less.
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
		if (recentAnswers(now) === 0 || now < this.#until || (waiting.length === 0 && isQuiet(now))) return undefined;
		return new Promise((resolve) => {
			const go = (at: number) => {
				this.#until = at + this.#turnMs;
				resolve();
			};
			waiting.push({ since: now, go });
			if (waiting.length === 1) setTimeout(look, windowMs);
		});
	}
}

function look(): void {
	const now = performance.now();
	const first = waiting[0];
	if (first && (isQuiet(now) || now - first.since >= Math.min(patienceMs.most, patienceMs.each * recentAnswers(now)))) {
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

/** How many waited for an answer at once lately. */
function recentAnswers(now: number): number {
	return now - mostAt > recentMs ? answers : mostAnswers;
}
