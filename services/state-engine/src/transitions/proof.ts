import type { Evidence, IssueResult } from '@fefaent/contracts/evidence';
import { isProved, type Notification, Transition } from '@fefaent/contracts/notification';
import { crashpoint, DomainError } from '@fefaent/kernel';
import { inHalves, isTooLarge } from '@fefaent/service-kit';
import type { Evidences } from '../clients.ts';
import { asDomainError, stateEngineError } from '../errors.ts';

/** The proof of a decided transition: its evidence, `none` where it has none, or why it cannot be had. */
export type Proof =
	| { readonly kind: 'evidence'; readonly evidence: Evidence }
	| { readonly kind: 'none' }
	| { readonly kind: 'failed'; readonly error: DomainError };

/**
 * Has the recorded claims of notifications proved, in one call, or in more where evidences are too large for one message.
 * @param notifications each with its claim
 * @param timeoutMs for each call: longer than sealing takes at its worst, or a proof is given up that is made all the same
 * @returns one proof for each, in order; never rejects
 */
export async function prove(notifications: readonly Notification[], evidences: Evidences, timeoutMs: number): Promise<readonly Proof[]> {
	const proofs: Proof[] = notifications.map(() => ({ kind: 'none' }));
	const wanted = notifications.flatMap((notification, index) =>
		notification.claim !== undefined && isProved(notification.claim.transition) ? [{ notification, index }] : [],
	);
	if (wanted.length === 0) return proofs;
	await crashpoint('engine.issue.before');
	const issued = await issue(
		wanted.map((one) => one.notification),
		evidences,
		timeoutMs,
	);
	await crashpoint('engine.issue.after');
	wanted.forEach(({ index }, position) => {
		proofs[index] = issued[position] ?? { kind: 'failed', error: stateEngineError('PROOF_FAILED') };
	});
	return proofs;
}

async function issue(notifications: readonly Notification[], evidences: Evidences, timeoutMs: number): Promise<readonly Proof[]> {
	const proofs = await inHalves(notifications, async (some): Promise<readonly Proof[]> => {
		try {
			const { results } = await evidences.issue({ items: some.map((notification) => ({ notification })) }, { deadlineMs: timeoutMs });
			return some.map((_, index) => proofOf(results[index]));
		} catch (caught) {
			if (isTooLarge(caught)) throw caught;
			const error = asDomainError(caught);
			return some.map(() => ({ kind: 'failed', error }));
		}
	});
	return proofs.map((one) => (one instanceof DomainError ? { kind: 'failed', error: one } : one));
}

function proofOf(result: IssueResult | undefined): Proof {
	const outcome = result?.outcome;
	if (outcome?.$case === 'evidence') return { kind: 'evidence', evidence: outcome.value };
	if (outcome === undefined) return { kind: 'failed', error: stateEngineError('PROOF_FAILED') };
	const { reason, message, retryable } = outcome.value;
	return { kind: 'failed', error: new DomainError(reason, retryable ? 'unavailable' : 'internal', message) };
}

/**
 * Has decisions closed that are given up: none of them is proved any more.
 * @param notifications each with its claim
 * @returns one for each, in order: the evidence that was made after all, although nobody waited for it any more, or `none`; `failed` for one whose
 * evidence no message can carry
 * @throws what the evidence service's call throws
 */
export async function abandon(notifications: readonly Notification[], evidences: Evidences): Promise<readonly Proof[]> {
	if (notifications.length === 0) return [];
	const items = notifications.map(({ id, claim }) => ({
		notificationId: id,
		transition: claim?.transition ?? Transition.UNSPECIFIED,
		decidedAt: claim?.decidedAt,
	}));
	await crashpoint('engine.abandon.before');
	const results = await inHalves(items, async (some) => (await evidences.abandon({ items: some })).results);
	await crashpoint('engine.abandon.after');
	return results.map((one) => {
		if (one instanceof DomainError) return { kind: 'failed', error: one };
		return one.evidence === undefined ? { kind: 'none' } : { kind: 'evidence', evidence: one.evidence };
	});
}
