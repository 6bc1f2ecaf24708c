import { AddressState, type Notice, type NoticeAddress, type NoticeDocument, NoticeState } from '@fefaent/contracts/notifier';
import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import { type FailureName, isPermanent } from './failures.ts';
import type { AddressOutcome } from './outcome.ts';

/** A notice as it is stored: one to a recipient, by a channel, of a kind; unique in these and its notification. */
export interface NoticeRecord {
	/** UUIDv7. */
	readonly id: string;
	readonly notificationId: number;
	readonly recipientIndex: number;
	readonly channel: Notice['channel'];
	readonly kind: Notice['kind'];
	readonly state: Notice['state'];
	/** Tries begun, the one under way included. */
	readonly attempts: number;
	readonly recordedAt: Date;
	/** When it is tried next, while it is PENDING. */
	readonly dueAt: Date;
	/** When it was sent, given up or dropped. */
	readonly settledAt: Date | undefined;
	readonly document: NoticeDocument;
}

/** How often, and how far apart, a notice is tried; the environment's time. */
export interface RetryRule {
	readonly attempts: number;
	readonly backoff: BackoffPolicy;
	/** A number from 0 to 1, for the jitter. */
	readonly random: () => number;
}

/** What an attempt came to: one outcome for each address that it tried, by the address's position. */
export type AttemptOutcomes = ReadonlyMap<number, AddressOutcome>;

/** The addresses that are still to be tried, with their positions. */
export function pendingAddresses(record: NoticeRecord): readonly { readonly index: number; readonly address: string }[] {
	return record.document.addresses.flatMap(({ state, address }, index) => (state === AddressState.PENDING ? [{ index, address }] : []));
}

/**
 * A notice after an attempt. Addresses are settled one by one: only those that failed and may yet succeed are tried again. It is SENT once a provider
 * took it for one address at least and nothing is left to try. One that was dropped meanwhile stays so unless it did go out: what was sent was sent.
 * An attempt that handed nothing over does not count, nor does the last one while an address still waits for its turn.
 */
export function afterAttempt(record: NoticeRecord, outcomes: AttemptOutcomes, now: Date, rule: RetryRule): NoticeRecord {
	const last = record.attempts >= rule.attempts || record.state !== NoticeState.PENDING;
	const dropped = record.state !== NoticeState.PENDING;
	const addresses = record.document.addresses.map((address, index) => addressAfter(address, outcomes.get(index), last, dropped));
	const waits = (one: AddressOutcome): boolean => one.kind === 'postponed';
	const outcomeList = [...outcomes.values()];
	const counts = !outcomeList.some(waits) || (!last && !outcomeList.every(waits));
	const attempts = counts ? record.attempts : record.attempts - 1;
	const failure = lastFailure(outcomes) ?? (addresses.every((one) => one.state === AddressState.ACCEPTED) ? '' : record.document.failure);
	const document = { ...record.document, addresses, failure };
	if (addresses.some((one) => one.state === AddressState.PENDING)) {
		return { ...record, attempts, document, dueAt: new Date(now.getTime() + backoffMs(rule.backoff, Math.max(1, attempts), rule.random)) };
	}
	const accepted = addresses.some((one) => one.state === AddressState.ACCEPTED);
	if (record.state === NoticeState.DROPPED && !accepted) return { ...record, document };
	return { ...record, document, state: accepted ? NoticeState.SENT : NoticeState.FAILED, settledAt: now };
}

function addressAfter(address: NoticeAddress, outcome: AddressOutcome | undefined, last: boolean, dropped: boolean): NoticeAddress {
	if (outcome?.kind === 'postponed') return dropped ? { ...address, state: AddressState.FAILED } : address;
	if (outcome === undefined) return address.state === AddressState.PENDING && last ? { ...address, state: AddressState.FAILED } : address;
	if (outcome.kind === 'accepted') {
		return { ...address, state: AddressState.ACCEPTED, failure: '', providerReference: outcome.reference };
	}
	const over = last || isPermanent(outcome.failure);
	return { ...address, state: over ? AddressState.FAILED : AddressState.PENDING, failure: outcome.failure };
}

function lastFailure(outcomes: AttemptOutcomes): FailureName | undefined {
	return [...outcomes.values()].flatMap((one) => (one.kind === 'failed' ? [one.failure] : [])).at(-1);
}

/** A pending notice once nobody needs it any more: what no provider took yet will not be sent. */
export function afterDrop(record: NoticeRecord, at: Date): NoticeRecord {
	const accepted = record.document.addresses.some((one) => one.state === AddressState.ACCEPTED);
	return { ...record, state: accepted ? NoticeState.SENT : NoticeState.DROPPED, settledAt: at };
}

/** A failed notice, to be sent again from `now` on to every address that failed; undefined for one that did not fail. */
export function redriven(record: NoticeRecord, now: Date): NoticeRecord | undefined {
	if (record.state !== NoticeState.FAILED) return undefined;
	const addresses = record.document.addresses.map((one) =>
		one.state === AddressState.FAILED ? { ...one, state: AddressState.PENDING } : one,
	);
	return {
		...record,
		document: { ...record.document, addresses },
		state: NoticeState.PENDING,
		attempts: 0,
		dueAt: now,
		settledAt: undefined,
	};
}

/** The notice as callers see it: without addresses and content. */
export function publicNotice(record: NoticeRecord): Notice {
	const { id, notificationId, recipientIndex, channel, kind, state, attempts, recordedAt, dueAt, settledAt, document } = record;
	return {
		id,
		notificationId,
		recipientIndex,
		channel,
		kind,
		state,
		attempts,
		failure: document.failure,
		recordedAt,
		settledAt,
		nextAttemptAt: state === NoticeState.PENDING ? dueAt : undefined,
		providerReference: document.addresses.find((one) => one.providerReference !== '')?.providerReference ?? '',
	};
}
