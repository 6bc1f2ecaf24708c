import type { Evidence, EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import type { Notification, Transition } from '@fefaent/contracts/notification';
import { crashpoint, type DomainError } from '@fefaent/kernel';
import type { RpcClient } from '@fefaent/service-kit';
import { needsEvidence } from '../domain/states.ts';
import { asDomainError, stateEngineError } from '../errors.ts';

/** The proof of a decided transition: its evidence, `none` where it has none, or why it cannot be had. */
export type Proof =
	| { readonly kind: 'evidence'; readonly evidence: Evidence }
	| { readonly kind: 'none' }
	| { readonly kind: 'failed'; readonly error: DomainError };

/**
 * Has the recorded claims of notifications proved, in one call.
 * @param notifications each with its claim
 * @param timeoutMs for each call: longer than sealing takes at its worst, or a proof is given up that is made all the same
 * @returns one proof for each, in order; never rejects
 */
export async function prove(
	notifications: readonly Notification[],
	evidences: RpcClient<EvidenceServiceDefinition>,
	timeoutMs: number,
): Promise<readonly Proof[]> {
	const proofs: Proof[] = notifications.map(() => ({ kind: 'none' }));
	const wanted = notifications.flatMap((notification, index) =>
		notification.claim !== undefined && needsEvidence(notification.claim.transition) ? [{ notification, index }] : [],
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

/**
 * A batch that cannot be sealed now fails as a whole. One that fails for good may hold a single notification that nothing can be made of, so it
 * is halved until that one stands alone and the others go through.
 */
async function issue(
	notifications: readonly Notification[],
	evidences: RpcClient<EvidenceServiceDefinition>,
	timeoutMs: number,
): Promise<readonly Proof[]> {
	try {
		const response = await evidences.issue({ items: notifications.map((notification) => ({ notification })) }, { deadlineMs: timeoutMs });
		return response.evidences.map((evidence) => ({ kind: 'evidence', evidence }));
	} catch (caught) {
		const error = asDomainError(caught);
		if (error.retryable || notifications.length === 1) return notifications.map(() => ({ kind: 'failed', error }));
		const half = Math.ceil(notifications.length / 2);
		return [
			...(await issue(notifications.slice(0, half), evidences, timeoutMs)),
			...(await issue(notifications.slice(half), evidences, timeoutMs)),
		];
	}
}

/**
 * Looks for proofs of decisions that were made although nobody waited for them any more.
 * @returns one for each, in order: its evidence, or `none`
 * @throws what the evidence service's call throws
 */
export async function findProofs(
	decisions: readonly { readonly id: number; readonly transition: Transition }[],
	evidences: RpcClient<EvidenceServiceDefinition>,
): Promise<readonly Proof[]> {
	if (decisions.length === 0) return [];
	const { results } = await evidences.get({ keys: decisions.map(({ id, transition }) => ({ notificationId: id, transition })) });
	return decisions.map((_, index) => {
		const evidence = results[index]?.evidence;
		return evidence === undefined ? { kind: 'none' } : { kind: 'evidence', evidence };
	});
}
