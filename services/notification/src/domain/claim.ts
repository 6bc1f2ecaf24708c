import { type Author, type ClaimItem, ClaimOutcome, type ClaimResult, type Notification, State } from '@fefaent/contracts/notification';
import type { Decision } from './decision.ts';
import { changed, instantAfter, momentAfter } from './record.ts';
import { ruleOf, shortName } from './transitions.ts';

/** A decision to take; its target agrees with its transition (`checkClaimItem`). */
export type ClaimCommand = Omit<ClaimItem, 'author' | 'target'> & { readonly author: Author };

/**
 * Decides: of two transitions that exclude each other the one recorded first wins, and the other one is told of it. A decision that is pending
 * already, or was completed and is among the expected states, is the same decision again: nothing changes, whoever asks.
 */
export function claim(notification: Notification | undefined, command: ClaimCommand, now: Date): Decision<ClaimResult> {
	if (!notification) return answer(command.id, undefined, ClaimOutcome.UNKNOWN);
	const pending = notification.claim;
	if (pending) {
		return answer(command.id, notification, pending.transition === command.transition ? ClaimOutcome.CLAIMED : ClaimOutcome.PENDING_OTHER);
	}
	const rule = ruleOf(command.transition);
	if (!rule || !command.expectedStates.includes(notification.state)) return answer(command.id, notification, ClaimOutcome.STATE);
	if (notification.state === rule.target) return answer(command.id, notification, ClaimOutcome.CLAIMED);
	if (!rule.from.includes(notification.state)) return answer(command.id, notification, ClaimOutcome.STATE);

	const decidedAt = notification.state === State.FAILED ? momentAfter(notification, now) : instantAfter(notification, now);
	const { transition, author } = command;
	const next = changed(
		notification,
		{ category: 'CLAIMED', at: decidedAt, actor: author.actor, detail: shortName(transition) },
		{ claim: { transition, target: rule.target, decidedAt, author } },
	);
	return { ...answer(command.id, next, ClaimOutcome.CLAIMED), next: { kind: 'live', notification: next } };
}

function answer(id: number, notification: Notification | undefined, outcome: ClaimOutcome): Decision<ClaimResult> {
	return { result: { id, outcome, notification }, events: [] };
}
