import { noticeStateToNumber } from '@fefaent/contracts/notifier';
import { afterDrop } from '../../domain/notice.ts';
import { pending } from '../notice-rows.ts';
import type { EventEffect } from '../port.ts';
import { type ChannelName, channelName, channelNames, fieldsOf, recordOf } from './documents.ts';
import type { NoticeFields, NotificationFields, SeenFields } from './schema.ts';
import type { NextFields } from './updates.ts';

/**
 * What a purge that was not seen before leaves of a notification's document: as much as {@link afterEffects}, except that its event is not written
 * down as seen. Undefined when there is none, or nothing to purge.
 */
export function afterPurge(before: NotificationFields, effects: readonly EventEffect[]): NextFields | undefined {
	const purge = effects.some(({ kind, eventId }) => kind === 'purge' && !before.seen.some(({ id }) => id === eventId));
	const held = channelNames.filter((name) => before[name].notices.length > 0);
	return purge && held.length > 0 ? Object.fromEntries(held.map((name) => [name, []])) : undefined;
}

type Kept = { readonly [name in ChannelName]: readonly NoticeFields[] } & { readonly seen: readonly SeenFields[] };

/** What effects make of a notification's document, one after the other; undefined when all of them were seen before. */
export function afterEffects(before: NotificationFields | undefined, effects: readonly EventEffect[], at: Date): NextFields | undefined {
	const first: Kept = { email: before?.email.notices ?? [], sms: before?.sms.notices ?? [], seen: before?.seen ?? [] };
	let kept = first;
	for (const effect of effects) {
		if (kept.seen.some(({ id }) => id === effect.eventId)) continue;
		kept = { ...afterEffect(kept, effect), seen: [...kept.seen, { id: effect.eventId, at }] };
	}
	if (kept === first) return undefined;
	const changed = channelNames.filter((name) => kept[name] !== first[name]);
	return { ...Object.fromEntries(changed.map((name) => [name, kept[name]])), seen: kept.seen };
}

function afterEffect(kept: Kept, effect: EventEffect): Omit<Kept, 'seen'> {
	return { email: noticesAfter('email', kept.email, effect), sms: noticesAfter('sms', kept.sms, effect) };
}

/** @returns the very same notices when nothing happens to them */
function noticesAfter(name: ChannelName, notices: readonly NoticeFields[], effect: EventEffect): readonly NoticeFields[] {
	switch (effect.kind) {
		case 'record': {
			const after = [...notices];
			for (const notice of effect.notices) {
				if (channelName(notice.channel) !== name) continue;
				const added = fieldsOf(notice);
				if (!after.some((one) => one.recipientIndex === added.recipientIndex && one.kind === added.kind)) after.push(added);
			}
			return after.length === notices.length ? notices : after;
		}
		case 'drop':
			if (!notices.some((one) => one.state === pending)) return notices;
			return notices.map((one) => (one.state === pending ? dropped(effect, name, one) : one));
		case 'purge':
			return notices.length === 0 ? notices : [];
	}
}

/** Its lease stays: an attempt under way tells what became of it, and one that went out counts as sent. */
function dropped(effect: EventEffect & { readonly kind: 'drop' }, name: ChannelName, fields: NoticeFields): NoticeFields {
	const { state, settledAt } = afterDrop(recordOf(effect.notificationId, name, fields), effect.at);
	return { ...fields, state: noticeStateToNumber(state), ...(settledAt && { settledAt }) };
}
