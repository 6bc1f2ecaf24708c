import type { Identity, ItemFailure } from '@fefaent/contracts/common';
import type { PractiseItem } from '@fefaent/contracts/lifecycle';
import { type Author, type Notification, State } from '@fefaent/contracts/notification';
import { itemFailure } from '../errors.ts';
import { keyOf, recipientNamed, schemeOf } from './recipients.ts';
import { stateOfDecision } from './states.ts';

/** What is to be done about a recipient's decision. */
export type Judgement =
	/** Refused. */
	| { readonly kind: 'refused'; readonly failure: ItemFailure }
	/** Taken before: the evidence made then answers it. */
	| { readonly kind: 'decided' }
	/** To be taken now, or taken and not proved yet. */
	| { readonly kind: 'open'; readonly author: Author };

/** Refuses what is not this issuer's to ask about (CON_01, CON_02); undefined when it may ask. */
export function refuseForeign(notification: Notification | undefined, issuerCode: string): ItemFailure | undefined {
	if (notification === undefined) return itemFailure('NOTIFICATION_UNKNOWN');
	return notification.draft?.issuer?.code === issuerCode ? undefined : itemFailure('NOT_YOURS');
}

/**
 * Judges a decision to accept or reject (eNotumLite contract, section 8 and decisions 8 and 9), in this order: the notification is known
 * (CON_01) and the issuer's (CON_02), a NIF or CIF that is given is well formed (NOT_03, NOT_04), the documents name one recipient (PRC_01), the
 * state allows it (PRC_02, PRC_03). A claim that is pending shows nothing yet: the claim itself tells.
 */
export function judge(item: PractiseItem, notification: Notification | undefined, issuerCode: string): Judgement {
	const foreign = refuseForeign(notification, issuerCode);
	if (foreign !== undefined || notification === undefined) return refused(foreign ?? itemFailure('NOTIFICATION_UNKNOWN'));
	const given = [item.natural, item.legal].filter((identity) => identity !== undefined);
	const malformed = given.find(isMalformed);
	if (malformed !== undefined) return refused(itemFailure('IDENTITY_INVALID', { scheme: schemeOf(malformed) ?? '' }));
	const recipientIndex = recipientNamed(notification.draft?.recipients ?? [], given);
	if (recipientIndex === undefined) return refused(itemFailure('RECIPIENT_AMBIGUOUS'));
	return judgeState(item, notification.state, { actor: 'issuer', recipientIndex, natural: item.natural, legal: item.legal });
}

function judgeState({ decision }: PractiseItem, state: State, author: Author): Judgement {
	if (state === State.DEPOSITED) return { kind: 'open', author };
	if (state === stateOfDecision(decision)) return { kind: 'decided' };
	const opposite = state === State.ACCEPTED || state === State.REJECTED;
	return refused(itemFailure(opposite ? 'ALREADY_DECIDED' : 'NOT_PRACTISABLE', { state, decision }));
}

/** Only NIF and CIF have a code of their own for a wrong writing; other documents that are wrong just match nobody. */
function isMalformed(identity: Identity): boolean {
	const scheme = schemeOf(identity);
	return (scheme === 'NIF' || scheme === 'CIF') && keyOf(identity) === undefined;
}

function refused(failure: ItemFailure): Judgement {
	return { kind: 'refused', failure };
}
