import { type NotificationEvent, NotificationEventType } from '@fefaent/contracts/events';
import { State } from '@fefaent/contracts/notification';
import { NoticeKind } from '@fefaent/contracts/notifier';

/** What an event asks of the notifier. */
export type Wanted =
	| { readonly kind: 'record'; readonly notice: NoticeKind }
	| { readonly kind: 'drop' }
	| { readonly kind: 'purge' }
	| { readonly kind: 'nothing' };

/** Whether a notification in that state waits for nobody any more. */
export function isOver(state: State): boolean {
	return state !== State.ENTERED && state !== State.DEPOSITED;
}

/** A first notice on deposit where the issuer asked for one, a reminder when it is due; nothing is sent any more once it is over. */
export function wantedBy(event: NotificationEvent): Wanted {
	switch (event.type) {
		case NotificationEventType.STATE_CHANGED:
			if (event.state === State.DEPOSITED) return event.firstNotice ? { kind: 'record', notice: NoticeKind.FIRST } : { kind: 'nothing' };
			return isOver(event.state) ? { kind: 'drop' } : { kind: 'nothing' };
		case NotificationEventType.REMINDER_DUE:
			return { kind: 'record', notice: NoticeKind.REMINDER };
		case NotificationEventType.PURGED:
			return { kind: 'purge' };
		default:
			return { kind: 'nothing' };
	}
}
