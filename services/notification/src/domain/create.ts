import { type Draft, type Notification, State } from '@fefaent/contracts/notification';
import type { NewEvent } from './decision.ts';
import { iunOf } from './iun.ts';
import { createdEvent } from './record.ts';

/** A notification as it is stored first, with its CREATED event. @param now the time of receipt */
export function enter(draft: Draft, id: number, now: Date): { readonly notification: Notification; readonly event: NewEvent } {
	const notification: Notification = {
		id,
		iun: iunOf(id, now),
		version: 1,
		draft,
		state: State.ENTERED,
		receivedAt: now,
		evidences: [],
		timeline: [{ category: 'ENTERED', at: now, actor: 'issuer', detail: '' }],
		failure: '',
	};
	return { notification, event: createdEvent(notification, now) };
}

/**
 * What tells two drafts of one issuer reference apart: everything that the issuer wrote. The issuer's name and the form of its evidences come
 * from the directory, not from the request: a change there must not turn a repeated request into a conflict.
 */
export function issuersOwnPart(draft: Draft): Draft {
	return { ...draft, issuer: draft.issuer && { code: draft.issuer.code, name: '' }, evidenceForm: 'EVIDENCE_FORM_UNSPECIFIED' };
}
