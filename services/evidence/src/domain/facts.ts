import { type Author, type Draft, EvidenceForm, type Notification, Transition } from '@fefaent/contracts/notification';
import { evidenceError } from '../errors.ts';

/** What an evidence of eNotumLite says happened, by transition (eNotumLite contract, section 8). The others have no evidence. */
const motives: Readonly<Partial<Record<Transition, Motive>>> = {
	[Transition.DEPOSIT]: 'DIPOSIT',
	[Transition.ACCEPT]: 'ACCEPTAR',
	[Transition.REJECT]: 'REBUTJAR',
	[Transition.EXPIRE]: 'EXPIRAR',
};

/** Values of `MotiuEvidencia`. */
export type Motive = 'DIPOSIT' | 'ACCEPTAR' | 'REBUTJAR' | 'EXPIRAR';

/** What an evidence states, all of it recorded before: nothing is looked up or made up when it is written. */
export interface EvidenceFacts {
	readonly notificationId: number;
	readonly transition: Transition;
	readonly motive: Motive;
	readonly form: EvidenceForm;
	readonly draft: Draft;
	/** When it was decided: the instant of the state that it proves. */
	readonly decidedAt: Date;
	/** xs:dateTime: as the issuer wrote it, else the instant of receipt in UTC. */
	readonly createdAt: string;
	/** xs:dateTime in UTC. */
	readonly depositedAt: string;
	/** When it was accepted, rejected or expired, xs:dateTime in UTC; absent in the evidence of the deposit. */
	readonly practisedAt: string | undefined;
	readonly author: Author | undefined;
}

/**
 * Reads the facts to prove from a notification as its claim left it.
 * @throws DomainError CLAIM_MISSING without a decision, TRANSITION_WITHOUT_EVIDENCE, FACT_MISSING
 */
export function factsOf(notification: Notification): EvidenceFacts {
	const { id, claim, draft } = notification;
	if (!claim) throw evidenceError('CLAIM_MISSING', { id: String(id) });
	const missing = (fact: string) => evidenceError('FACT_MISSING', { id: String(id), fact });
	const motive = motives[claim.transition];
	if (!motive) throw evidenceError('TRANSITION_WITHOUT_EVIDENCE', { id: String(id), transition: claim.transition });
	if (!draft) throw missing('draft');
	const decidedAt = claim.decidedAt ?? raise(missing('decided_at'));
	const isDeposit = claim.transition === Transition.DEPOSIT;
	const depositedAt = isDeposit ? decidedAt : (notification.depositedAt ?? raise(missing('deposited_at')));
	return {
		notificationId: id,
		transition: claim.transition,
		motive,
		// The contract's default where the issuer chose none (eNotumLite contract, section 2.3).
		form: draft.evidenceForm === EvidenceForm.HEAD ? EvidenceForm.HEAD : EvidenceForm.SEED,
		draft,
		decidedAt,
		createdAt: draft.createdAtGiven || (notification.receivedAt ?? raise(missing('received_at'))).toISOString(),
		depositedAt: depositedAt.toISOString(),
		practisedAt: isDeposit ? undefined : decidedAt.toISOString(),
		author: claim.author,
	};
}

function raise(error: Error): never {
	throw error;
}
