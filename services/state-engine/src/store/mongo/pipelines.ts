import type { Timer } from '../../domain/instance.ts';
import { type InstanceFields, type Queue, queues, type TimerFields } from './schema.ts';

/** A stage of an update, evaluated on the document as it is at that moment. */
export type Stage = Readonly<Record<string, unknown>>;

// Values go in as literals: a text that begins with a dollar would be read as a path.
const literal = (value: unknown) => ({ $literal: value });

/** A timer as it is set. */
export function timerFields({ kind, dueAt, proved, attempts, traceparent }: Timer): TimerFields {
	return { kind, dueAt, proved, attempts, ...(traceparent !== undefined && { traceparent }), freeAt: 0 };
}

/** Removes timers by kind, then adds some. */
export function changeTimers(removed: readonly string[], added: readonly TimerFields[]): Stage {
	const kept = { $filter: { input: '$timers', cond: { $not: [{ $in: ['$$this.kind', literal(removed)] }] } } };
	return { $set: { timers: { $concatArrays: [kept, literal(added)] } } };
}

/** Changes the fields of the timer of a kind; `undefined` removes one. */
export function changeTimer(kind: string, change: Readonly<Record<string, unknown>>): Stage {
	const fields = Object.fromEntries(
		Object.entries(change).map(([name, value]) => [name, value === undefined ? '$$REMOVE' : literal(value)]),
	);
	return changeWhere({ $eq: ['$$this.kind', literal(kind)] }, fields);
}

/** Counts a failure of the timer of a kind, which waits then. */
export function failTimer(kind: string, notBefore: number): Stage {
	return changeWhere(
		{ $eq: ['$$this.kind', literal(kind)] },
		{ freeAt: literal(notBefore), owner: '$$REMOVE', attempts: { $add: ['$$this.attempts', 1] } },
	);
}

/** Makes the timers of an owner fresh again. */
export function freeTimers(owner: string): Stage {
	return changeWhere({ $eq: ['$$this.owner', literal(owner)] }, { freeAt: literal(0), owner: '$$REMOVE' });
}

function changeWhere(condition: unknown, fields: Readonly<Record<string, unknown>>): Stage {
	// `$mergeObjects` would keep what is to go, so each timer is made anew of all its fields.
	const names = ['kind', 'dueAt', 'proved', 'attempts', 'traceparent', 'freeAt', 'owner'];
	const changed = Object.fromEntries(names.map((name) => [name, fields[name] ?? `$$this.${name}`]));
	return { $set: { timers: { $map: { input: '$timers', in: { $cond: [condition, changed, '$$this'] } } } } };
}

const where = (cond: unknown) => ({ $filter: { input: '$timers', cond } });
const orNothing = (accumulator: unknown) => ({ $ifNull: [accumulator, '$$REMOVE'] });

const inQueue = (queue: Queue) => ({ $eq: ['$$this.proved', queue === 'proved'] });
const fresh = { $eq: ['$$this.freeAt', 0] };
const held = { $gt: ['$$this.freeAt', 0] };

/** Derives what the queues are ordered by from the timers: the last stage of every update that changes them. */
export const derive: Stage = {
	$set: {
		...Object.fromEntries(
			queues.flatMap((queue) => [
				[`${queue}FreshAt`, orNothing({ $min: { $map: { input: where({ $and: [inQueue(queue), fresh] }), in: '$$this.dueAt' } } })],
				[`${queue}HeldAt`, orNothing({ $min: { $map: { input: where({ $and: [inQueue(queue), held] }), in: '$$this.freeAt' } } })],
			]),
		),
		leasedUntil: orNothing({ $max: { $map: { input: where({ $ne: [{ $type: '$$this.owner' }, 'missing'] }), in: '$$this.freeAt' } } }),
	},
};

/** The same, of timers that are set just now. */
export function derived(timers: readonly TimerFields[]): Pick<InstanceFields, `${Queue}FreshAt`> {
	return Object.fromEntries(
		queues.flatMap((queue) => {
			const dues = timers.filter(({ proved }) => proved === (queue === 'proved')).map(({ dueAt }) => dueAt.getTime());
			return dues.length === 0 ? [] : [[`${queue}FreshAt`, new Date(Math.min(...dues))]];
		}),
	);
}
