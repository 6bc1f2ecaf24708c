import { DomainError } from '@fefaent/kernel';
import type { ActionParams } from '../domain/workflow.ts';
import { asDomainError } from '../errors.ts';
import type { Decision, DecisionOutcome } from '../transitions/run.ts';
import type { Fired, Firing, Task } from './task.ts';

type Params = ActionParams['decide'];

/**
 * Deposits and expiries. A lost race is no failure: the notification's next event tells the workflow. One that may fail gives its notification up at
 * its last try; the others are tried for ever.
 */
export const decide: Task<Params> = async (firings, deps) => {
	const decisions = firings.map(decisionOf);
	const fired = (await deps.runner.run(decisions)).map(firedOf);
	const last = firings.flatMap(({ timer, params }, index) => {
		const [outcome, decision] = [fired[index], decisions[index]];
		if (outcome?.kind !== 'failed' || decision === undefined || !params.mayFail || timer.attempts + 1 < deps.depositTries) return [];
		return [{ decision, reason: outcome.error.reason, index }];
	});
	if (last.length > 0) {
		// What cannot be given up now fails again, by itself: the others of the batch are decided.
		const over = await deps.runner.giveUp(last).catch((error: unknown) => asDomainError(error));
		last.forEach(({ index }, position) => {
			if (over instanceof DomainError) fired[index] = { kind: 'failed', error: over };
			else if (over[position]) fired[index] = { kind: 'done' };
		});
	}
	return fired;
};

function decisionOf({ timer, params: { transition, from, to } }: Firing<Params>): Decision {
	return { id: timer.notificationId, transition, from, to, author: { actor: 'engine' } };
}

function firedOf(outcome: DecisionOutcome): Fired {
	if (outcome.kind === 'unknown') return { kind: 'gone' };
	return outcome.kind === 'unproved' ? { kind: 'failed', error: outcome.error } : { kind: 'done' };
}
