import type { ItemFailure } from '@fefaent/contracts/common';
import type { ViewRequest, ViewResponse, ViewResult } from '@fefaent/contracts/lifecycle';
import { type Notification, NotificationKind, NotificationView, State, Transition, viewed } from '@fefaent/contracts/notification';
import { refuseForeign } from '../domain/practise.ts';
import { itemFailure } from '../errors.ts';
import type { DecisionOutcome } from '../transitions/run.ts';
import { checkBatch, type HandlerDeps, load, unproved } from './deps.ts';

/**
 * Reads for a consult. A communication that waits is accepted by being consulted (eNotumLite contract, section 8 and decision 10), and
 * shown as accepted, with its proof, or not at all.
 */
export async function view(request: ViewRequest, deps: HandlerDeps): Promise<ViewResponse> {
	checkBatch(request.ids);
	const notifications = await load(request.ids, NotificationView.SUMMARY, deps);
	const seen = new Map<number, ViewResult['outcome']>();
	const waiting: number[] = [];
	for (const id of new Set(request.ids)) {
		const notification = notifications.get(id);
		const refusal = refuseForeign(notification, request.issuerCode);
		if (refusal !== undefined || notification === undefined) seen.set(id, failed(refusal ?? itemFailure('NOTIFICATION_UNKNOWN')));
		else if (isAcceptedByConsult(notification)) waiting.push(id);
		else seen.set(id, shown(notification));
	}
	const author = { actor: 'consult' };
	const decisions = waiting.map((id) => ({ id, from: [State.DEPOSITED], transition: Transition.ACCEPT, to: State.ACCEPTED, author }));
	const outcomes = decisions.length === 0 ? [] : await deps.runner.run(decisions);
	waiting.forEach((id, index) => {
		seen.set(id, outcomeOf(id, outcomes[index], deps));
	});
	return { results: request.ids.map((id) => ({ id, outcome: seen.get(id) })) };
}

function isAcceptedByConsult({ state, draft }: Notification): boolean {
	return state === State.DEPOSITED && draft?.kind === NotificationKind.COMMUNICATION;
}

function outcomeOf(id: number, outcome: DecisionOutcome | undefined, deps: HandlerDeps): ViewResult['outcome'] {
	if (outcome?.kind === 'published' || outcome?.kind === 'elsewhere') return shown(outcome.notification);
	return failed(outcome?.kind === 'unproved' ? unproved(id, outcome.error, deps) : itemFailure('NOTIFICATION_UNKNOWN'));
}

/** A decision that was lost to another answers the notification as that one left it, in a larger view. */
function shown(value: Notification): ViewResult['outcome'] {
	return { $case: 'notification', value: viewed(value, NotificationView.SUMMARY) };
}

function failed(value: ItemFailure): ViewResult['outcome'] {
	return { $case: 'failure', value };
}
