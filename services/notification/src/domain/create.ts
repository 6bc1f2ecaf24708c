import { type Draft, type DraftSetting, type Notification, State } from '@fefaent/contracts/notification';
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
 * What tells two drafts of one issuer reference apart: everything that the issuer wrote. The issuer's name, the form of its evidences and what it left
 * to its settings come from the directory, not from the request: a change there must not turn a repeated request into a conflict.
 */
export function issuersOwnPart(draft: Draft): Draft {
	const left = (setting: DraftSetting) => draft.defaulted.includes(setting);
	return {
		...draft,
		issuer: draft.issuer && { code: draft.issuer.code, name: '' },
		evidenceForm: 'EVIDENCE_FORM_UNSPECIFIED',
		expiryDays: left('DRAFT_SETTING_EXPIRY_DAYS') ? 0 : draft.expiryDays,
		firstNotice: !left('DRAFT_SETTING_FIRST_NOTICE') && draft.firstNotice,
		reminder: !left('DRAFT_SETTING_REMINDER') && draft.reminder,
	};
}
