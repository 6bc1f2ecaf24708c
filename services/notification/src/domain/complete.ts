import { NotificationEventType } from '@fefaent/contracts/events';
import {
	type Claim,
	type CompleteItem,
	isProved,
	mayBeGivenUp,
	type Notification,
	State,
	Transition,
} from '@fefaent/contracts/notification';
import type { Decision } from './decision.ts';
import { changed, eventOf, instantAfter } from './record.ts';
import { isPractised, ruleOf, shortName } from './transitions.ts';

/** What became of a completion. */
export type Completion =
	| { readonly kind: 'complete'; readonly notification: Notification }
	| { readonly kind: 'failed'; readonly reason: 'NOTIFICATION_UNKNOWN' | 'CLAIM_MISSING' };

/**
 * Publishes a decision: the state, its proof, its line in the history and its event become visible in one write. What is complete already is
 * answered as it is, so that a repetition after a crash does no harm.
 */
export function complete(notification: Notification | undefined, item: CompleteItem, now: Date): Decision<Completion> {
	if (!notification) return { result: { kind: 'failed', reason: 'NOTIFICATION_UNKNOWN' }, events: [] };
	const { claim } = notification;
	if (claim?.transition === item.transition && isMeant(claim, item)) {
		if (item.failure !== '' || item.transition === Transition.FAIL) return failed(notification, claim, item, now);
		return reached(notification, claim, item);
	}
	if (isComplete(notification, item)) return { result: { kind: 'complete', notification }, events: [] };
	return { result: { kind: 'failed', reason: 'CLAIM_MISSING' }, events: [] };
}

/**
 * Whether the item is about this very decision. A transition that may be given up may be decided again: neither the proof nor the giving up of the
 * earlier decision, however late it comes, says anything of the later one.
 */
function isMeant({ transition, decidedAt }: Claim, { evidence, decidedAt: meant }: CompleteItem): boolean {
	const same = (at: Date | undefined) => at === undefined || at.getTime() === decidedAt?.getTime();
	return same(meant) && (!mayBeGivenUp(transition) || same(evidence?.decidedAt));
}

/** Whether the transition, or the giving up of it, is what happened before. */
function isComplete(notification: Notification, item: CompleteItem): boolean {
	if (item.failure !== '') return notification.state === State.FAILED;
	if (notification.evidences.some((evidence) => evidence.transition === item.transition)) return true;
	return notification.state === ruleOf(item.transition)?.target && !isProved(item.transition);
}

function reached(notification: Notification, claim: Claim, item: CompleteItem): Decision<Completion> {
	// The state says the instant that its proof states, also where the claim is a later one, as after a restored backup.
	const at = item.evidence?.decidedAt ?? claim.decidedAt ?? notification.receivedAt ?? new Date(0);
	const state = claim.target;
	const evidenceId = item.evidence?.evidenceId ?? '';
	const next = changed(
		notification,
		{ category: shortName(state), at, actor: claim.author?.actor ?? '', detail: evidenceId },
		{
			state,
			claim: undefined,
			failure: '',
			evidences: item.evidence ? [...notification.evidences, item.evidence] : notification.evidences,
			...(state === State.DEPOSITED ? { depositedAt: at } : {}),
			...(isPractised(state) ? { practisedAt: at } : {}),
			...(state === State.ACCEPTED || state === State.REJECTED ? { practisedBy: claim.author } : {}),
		},
	);
	return published(notification, next, at, evidenceId);
}

/** A deposit given up again is told of again: the retry was asked for, and its asker waits for what became of it. */
function failed(notification: Notification, claim: Claim, item: CompleteItem, now: Date): Decision<Completion> {
	const at = instantAfter(notification, now);
	const failure = item.failure || 'UNSPECIFIED';
	const next = changed(
		notification,
		{ category: shortName(State.FAILED), at, actor: claim.author?.actor ?? '', detail: failure },
		{ state: State.FAILED, claim: undefined, failure },
	);
	return published(notification, next, at, '');
}

function published(before: Notification, next: Notification, at: Date, evidenceId: string): Decision<Completion> {
	const facts = { type: NotificationEventType.STATE_CHANGED, previousState: before.state, at, evidenceId };
	return {
		result: { kind: 'complete', notification: next },
		next: { kind: 'live', notification: next },
		events: [eventOf(next, facts)],
	};
}
