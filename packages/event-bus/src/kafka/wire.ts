import type { IHeaders, Message } from 'kafkajs';
import type { Death } from '../following/entry.ts';
import type { BusMessage, DeadLetter, FailedAttempt } from '../port.ts';
import type { Subscription } from './names.ts';

/**
 * How messages look on Kafka: the CloudEvents Kafka protocol binding 1.0.2, binary mode (attributes as `ce_` headers), W3C trace context as
 * `traceparent`. `fefaent-` headers carry what the attributes do not: the identity of a message that has no CloudEvents attributes, and what a
 * dead letter went through.
 */
const own = 'fefaent-';
const names = {
	id: `${own}id`,
	type: `${own}type`,
	at: `${own}at`,
	key: `${own}key`,
	offset: `${own}offset`,
	partition: `${own}partition`,
	reason: `${own}reason`,
	attempts: `${own}attempts`,
	history: `${own}history`,
	diedAt: `${own}died-at`,
	life: `${own}life`,
} as const;

/** What a message brings from earlier lives. */
export interface Past {
	/** How often it was redriven. */
	readonly life: number;
	readonly attempts: number;
	readonly history: readonly FailedAttempt[];
	/** Where it stood in its topic when it died first. */
	readonly partition: number;
	readonly offset: number;
}

/** A dead letter as it lies in its topic. */
export interface Letter extends DeadLetter {
	/** The key of its record: one for each life of a message. */
	readonly record: string;
	readonly past: Past;
}

/** A message as a record of its topic. */
export function recordOf(message: BusMessage): Message {
	const headers: Record<string, string> = {};
	for (const name in message.headers) headers[attribute(name)] = message.headers[name] ?? '';
	const at = message.at.toISOString();
	if (message.headers['ce-id'] !== message.id) headers[names.id] = message.id;
	if (message.headers['ce-type'] !== message.type) headers[names.type] = message.type;
	if (message.headers['ce-time'] !== at) headers[names.at] = at;
	return { key: message.key, value: bufferOf(message.body), headers };
}

/** What a record holds. A record that another wrote may lack anything; what it lacks is empty, and its place is its id. */
export function messageOf(
	topic: string,
	place: string,
	record: { key: Buffer | null; value: Buffer | null; headers?: IHeaders },
): BusMessage {
	const headers: Record<string, string> = {};
	const mine: Record<string, string> = {};
	for (const name in record.headers) {
		const value = textOf(record.headers[name]);
		if (name.startsWith(own)) mine[name] = value;
		else headers[name.startsWith('ce_') ? `ce-${name.slice(3)}` : name] = value;
	}
	const at = new Date(mine[names.at] ?? headers['ce-time'] ?? 0);
	return {
		id: mine[names.id] ?? headers['ce-id'] ?? place,
		topic,
		key: mine[names.key] ?? record.key?.toString() ?? '',
		type: mine[names.type] ?? headers['ce-type'] ?? '',
		at: Number.isNaN(at.getTime()) ? new Date(0) : at,
		headers,
		body: record.value ?? new Uint8Array(),
	};
}

/** What a redriven record went through before. */
export function pastOf(headers: IHeaders | undefined): Past {
	const number = (name: string) => Number(textOf(headers?.[name])) || 0;
	return {
		life: number(names.life),
		attempts: number(names.attempts),
		history: historyOf(textOf(headers?.[names.history])),
		partition: number(names.partition),
		offset: number(names.offset),
	};
}

/** A death as a record of the dead letter topic. */
export function letterRecord(death: Death, past: Omit<Past, 'attempts' | 'history'>): Message {
	const { message, reason, attempts, diedAt, history } = death;
	return withPast(
		{ ...recordOf(message), key: letterKey(message.id, past.life) },
		message.key,
		{ ...past, attempts, history },
		{
			[names.reason]: reason,
			[names.diedAt]: diedAt.toISOString(),
		},
	);
}

/** A dead letter on its way back to its group. */
export function redriveRecord(letter: Letter): Message {
	return withPast(recordOf(letter), letter.key, { ...letter.past, life: letter.past.life + 1 }, {});
}

/**
 * The keys that are to be forgotten once a letter is redriven: its own and those of its earlier lives. A life has a key of its own, so that
 * forgetting one never hides a later death of the same message.
 */
export function letterKeys(letter: Letter): string[] {
	return Array.from({ length: letter.past.life + 1 }, (_, life) => letterKey(letter.id, life));
}

/** A record of a dead letter topic, read. */
export function letterOf({ topic, group }: Subscription, record: { key: Buffer | null; value: Buffer | null; headers?: IHeaders }): Letter {
	const past = pastOf(record.headers);
	const key = record.key?.toString() ?? '';
	return {
		...messageOf(topic, key, record),
		group,
		record: key,
		past,
		reason: textOf(record.headers?.[names.reason]),
		attempts: past.attempts,
		history: past.history,
		diedAt: new Date(textOf(record.headers?.[names.diedAt]) || 0),
	};
}

/** What is kept in memory of a dead letter: enough to count it, to put it in order, and to find it again. */
export interface LetterMark extends Subscription {
	/** The message's. */
	readonly id: string;
	/** Its offset in its dead letter topic. */
	readonly at: number;
	/** Milliseconds of the environment's time. */
	readonly diedAt: number;
	/** Where it stood in its topic when it died first. */
	readonly partition: number;
	readonly offset: number;
}

/** The mark of a letter. */
export function markOf({ id, topic, group, diedAt, past }: Letter, at: number): LetterMark {
	return { id, topic, group, at, diedAt: diedAt.getTime(), partition: past.partition, offset: past.offset };
}

function letterKey(id: string, life: number): string {
	return life === 0 ? id : `${id}~${life}`;
}

function withPast(record: Message, key: string, past: Past, more: Record<string, string>): Message {
	return {
		...record,
		headers: {
			...record.headers,
			...more,
			[names.key]: key,
			[names.life]: String(past.life),
			[names.attempts]: String(past.attempts),
			[names.history]: JSON.stringify(past.history.map(({ attempt, at, reason }) => [attempt, at.getTime(), reason])),
			[names.partition]: String(past.partition),
			[names.offset]: String(past.offset),
		},
	};
}

function historyOf(json: string): FailedAttempt[] {
	try {
		return (JSON.parse(json) as [number, number, string][]).map(([attempt, at, reason]) => ({ attempt, at: new Date(at), reason }));
	} catch {
		return [];
	}
}

function attribute(name: string): string {
	return name.startsWith('ce-') ? `ce_${name.slice(3)}` : name;
}

function bufferOf(body: Uint8Array): Buffer {
	return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function textOf(value: IHeaders[string]): string {
	const last = Array.isArray(value) ? value.at(-1) : value;
	return last === undefined ? '' : last.toString();
}
