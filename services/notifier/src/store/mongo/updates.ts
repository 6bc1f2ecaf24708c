import { randomInt } from 'node:crypto';
import { conditionalUpdate } from '@fefaent/store-kit/mongo';
import { failed, pending } from '../notice-rows.ts';
import { type ChannelName, channelNames, type ReadFields } from './documents.ts';
import { type DueFields, type NoticeFields, type NotificationFields, type SeenFields, shardCount } from './schema.ts';

/** What a document is to hold from now on; what is not named stays. */
export type NextFields = { readonly [name in ChannelName]?: readonly NoticeFields[] } & { readonly seen?: readonly SeenFields[] };

/** One write of a bulk: a document as it was read (undefined: there was none), and what it is to hold. */
export interface Change {
	readonly id: number;
	readonly before: ReadFields | undefined;
	readonly next: NextFields;
}

/** The write that changes a document, provided that what it changes still is as it was read. */
export function writeOf({ id, before, next }: Change) {
	if (before === undefined) return { insertOne: { document: newDocument(id, next) } };
	const filter: Record<string, unknown> & { _id: number } = { _id: id };
	const set: Record<string, unknown> = {};
	const unset: Record<string, ''> = {};
	for (const name of channelNames) {
		const notices = next[name];
		if (notices === undefined) continue;
		const { revision, notices: held } = read(before[name]);
		filter[`${name}.revision`] = revision;
		set[`${name}.revision`] = revision + 1;
		set[`${name}Due`] = dueOf(notices);
		if (notices.length < held.length) set[`${name}.notices`] = notices;
		else for (const [place, notice] of notices.entries()) differ(`${name}.notices.${place}`, held[place], notice, set, unset);
	}
	if (next.seen !== undefined) {
		const revision = read(before.revision);
		filter.revision = revision;
		set.revision = revision + 1;
		set.seen = next.seen;
		const { seenAt } = seenFields(next.seen);
		if (seenAt) set.seenAt = seenAt;
		else unset.seenAt = '';
	}
	return conditionalUpdate(filter, { $set: set, ...(Object.keys(unset).length > 0 && { $unset: unset }) });
}

/** What the notices of a channel are found by. */
export function dueOf(notices: readonly NoticeFields[]): DueFields {
	const waiting = notices.filter(({ state }) => state === pending);
	const fresh = waiting.flatMap(({ freeAt, dueAt }) => (freeAt === 0 ? [dueAt.getTime()] : []));
	const held = waiting.flatMap(({ freeAt }) => (freeAt === 0 ? [] : [freeAt]));
	const ids = notices.flatMap(({ state, id }) => (state === failed ? [id] : [])).sort();
	const [failedFirst, failedLast] = [ids[0], ids.at(-1)];
	const owners = [...new Set(notices.flatMap(({ owner }) => owner ?? []))];
	return {
		...(fresh.length > 0 && { freshAt: new Date(Math.min(...fresh)) }),
		...(held.length > 0 && { heldAt: Math.min(...held) }),
		...(owners.length > 0 && { owners }),
		...(failedFirst !== undefined && failedLast !== undefined && { failed: ids, failedFirst, failedLast }),
	};
}

/**
 * A document may be removed and made anew while somebody still holds what it was before: were the first revision always the same, that somebody
 * would take the new one for the old.
 */
const firstRevision = () => randomInt(2 ** 47);

function newDocument(id: number, { email = [], sms = [], seen = [] }: NextFields): NotificationFields {
	const revision = firstRevision();
	return {
		_id: id,
		shard: id % shardCount,
		revision,
		...seenFields(seen),
		email: { revision, notices: email },
		sms: { revision, notices: sms },
		emailDue: dueOf(email),
		smsDue: dueOf(sms),
	};
}

function seenFields(seen: readonly SeenFields[]): Pick<NotificationFields, 'seen' | 'seenAt'> {
	return { seen, ...(seen.length > 0 && { seenAt: new Date(Math.min(...seen.map(({ at }) => at.getTime()))) }) };
}

const noticePaths: readonly (keyof NoticeFields)[] = [
	'id',
	'recipientIndex',
	'kind',
	'state',
	'attempts',
	'recordedAt',
	'dueAt',
	'settledAt',
	'document',
	'freeAt',
	'owner',
];

/** Only what differs is written: a lease must not carry the text of a message along. */
function differ(
	path: string,
	held: NoticeFields | undefined,
	next: NoticeFields,
	set: Record<string, unknown>,
	unset: Record<string, ''>,
): void {
	if (held === next) return;
	if (held === undefined) {
		set[path] = next;
		return;
	}
	for (const name of noticePaths) {
		if (held[name] === next[name]) continue;
		if (next[name] === undefined) unset[`${path}.${name}`] = '';
		else set[`${path}.${name}`] = next[name];
	}
}

function read<T>(part: T | undefined): T {
	if (part === undefined) throw new Error('a part of a document is changed that was not read');
	return part;
}
