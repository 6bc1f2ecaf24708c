// What is played while processes are killed, whichever way they run.
import type { RunningFefaent } from '../support/process.ts';
import { administered, playAdministering } from './administering.ts';
import { playBadDay } from './bad-day.ts';
import { type Books, discrepancies } from './ledger.ts';
import { leftovers, playPurge } from './purge.ts';
import { Journal, type Planned, plan, play } from './scenario.ts';
import type { Outside, Surroundings } from './surroundings.ts';

/** A script that the matrix kills. */
export interface Script {
	readonly name: string;
	/** Whether mails go to a server. */
	readonly smtp: boolean;
	/** Begins it. @param tag tells it from other playings in the same installation: letters, digits and hyphens */
	begin(tag: string): Playing;
}

/** One playing of a script. */
export interface Playing {
	/** Plays it; after it was broken off, again from the start. Rejects when a process dies under it. */
	play(process: RunningFefaent, surroundings: Surroundings): Promise<void>;
	/** What is wrong once it was played to its end; empty when nothing is. */
	wrong(books: Books, outside: Outside): Promise<string[]>;
}

/** A life in every way in which it can end. */
function lives(count: number, tag: string): Playing {
	const planned = plan(tag, count);
	const journal = new Journal();
	return {
		play: (process) => play(process, planned, journal),
		wrong: (books, outside) => discrepancies(books, planned, journal, outside),
	};
}

function badDay(tag: string): Playing {
	const planned: readonly Planned[] = plan(tag, 5).filter(({ ending }) => ending === 'expired' || ending === 'discarded');
	const journal = new Journal();
	return {
		play: (process, surroundings) => playBadDay(process, surroundings, planned, journal),
		wrong: (books, outside) => discrepancies(books, planned, journal, outside),
	};
}

function purge(tag: string): Playing {
	const planned = plan(tag, 5);
	const journal = new Journal();
	return {
		play: (process, surroundings) => playPurge(process, surroundings, planned, journal),
		wrong: (books) => leftovers(books, journal),
	};
}

function administering(tag: string): Playing {
	const issuer = `KILL-${tag}`.toUpperCase();
	const journal = new Journal();
	return {
		play: (process) => playAdministering(process, issuer, journal),
		wrong: (books) => administered(books, issuer, journal),
	};
}

/** All of them. */
export const scripts: readonly Script[] = [
	{ name: 'life', smtp: true, begin: (tag) => lives(10, tag) },
	{ name: 'own outbox', smtp: false, begin: (tag) => lives(5, tag) },
	{ name: 'bad day', smtp: true, begin: badDay },
	{ name: 'purge', smtp: true, begin: purge },
	{ name: 'administering', smtp: false, begin: administering },
];

const only = process.env.FEFAENT_KILL_POINT?.split(',');

/** Whether a point is to be killed at: all are, unless the environment names some, or how they begin: `gateway.*`. */
export function isWanted(point: string): boolean {
	return only === undefined || only.some((one) => (one.endsWith('*') ? point.startsWith(one.slice(0, -1)) : point === one));
}
