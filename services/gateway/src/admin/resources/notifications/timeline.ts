import type { Delivery } from '@fefaent/contracts/callback';
import type { WorkflowView } from '@fefaent/contracts/lifecycle';
import type { Notification } from '@fefaent/contracts/notification';
import { type Notice, NoticeState } from '@fefaent/contracts/notifier';
import { iso } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import type { TimelineEvent } from './schemas.ts';

/** What the services know of one notification. */
export interface Traces {
	readonly notification: Notification;
	readonly notices: readonly Notice[];
	readonly deliveries: readonly Delivery[];
	readonly workflow: WorkflowView | undefined;
}

/** Merges what happened, and what is to happen, in time order; what has one instant stays in the order cause before effect. */
export function mergeTimeline({ notification, notices, deliveries, workflow }: Traces): TimelineEvent[] {
	const events = [
		...ofNotification(notification),
		...notices.flatMap(ofNotice),
		...deliveries.flatMap(ofDelivery),
		...(workflow ? ofWorkflow(workflow) : []),
	];
	return events.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

function ofNotification({ timeline }: Notification): TimelineEvent[] {
	return timeline.flatMap(({ category, at, actor, detail, traceId }) =>
		occurred('notification', at, category.toLowerCase().replaceAll('_', ' '), { actor, detail, traceId }),
	);
}

function ofNotice(one: Notice): TimelineEvent[] {
	const name = `${words.channel.toWord(one.channel) ?? 'notice'} ${words.noticeKind.toWord(one.kind) ?? ''}`.trim();
	const recipient = `recipient ${one.recipientIndex + 1}`;
	const { id: ref, traceId } = one;
	const more = { ref, traceId, detail: [recipient, one.failure].filter((part) => part !== '').join(', ') };
	return [
		...occurred('notice', one.recordedAt, `${name} recorded`, { ref, traceId, detail: recipient }),
		...(one.state === NoticeState.PENDING
			? []
			: occurred('notice', one.settledAt, `${name} ${words.noticeState.toWord(one.state) ?? 'settled'}`, more)),
		...(one.state === NoticeState.PENDING && one.attempts > 0
			? upcoming('notice', one.nextAttemptAt, `${name} attempt ${one.attempts + 1}`, more)
			: []),
	];
}

function ofDelivery(one: Delivery): TimelineEvent[] {
	const told = words.state.toWord(one.toldState) ?? 'state';
	const { id: ref, traceId } = one;
	const attempts = one.attempts.flatMap(({ number, at, failure, httpStatus, detail }) =>
		occurred('delivery', at, `${told} attempt ${number} ${failure === '' ? 'delivered' : 'failed'}`, {
			ref,
			traceId,
			detail: [failure, httpStatus === 0 ? '' : `HTTP ${httpStatus}`, detail].filter((part) => part !== '').join(', '),
		}),
	);
	const state = words.deliveryState.toWord(one.state);
	return [
		...occurred('delivery', one.recordedAt, `${told} to be told`, { ref, traceId, detail: `endpoint ${one.endpointId}` }),
		...attempts,
		...(state === 'exhausted' ? occurred('delivery', one.settledAt, `${told} given up`, { ref, traceId, detail: one.givenUp }) : []),
		...(state === 'pending' && attempts.length > 0
			? upcoming('delivery', one.nextAttemptAt, `${told} attempt ${(one.attempts.at(-1)?.number ?? 0) + 1}`, { ref, traceId })
			: []),
	];
}

function ofWorkflow({ timers }: WorkflowView): TimelineEvent[] {
	return timers.flatMap(({ kind, dueAt, attempts, traceId }) =>
		upcoming('timer', dueAt, kind, { detail: attempts === 0 ? '' : `${attempts} attempts failed`, traceId }),
	);
}

type More = { readonly [K in 'actor' | 'detail' | 'ref' | 'traceId']?: string | undefined };

function occurred(source: TimelineEvent['source'], at: Date | undefined, event: string, more: More): TimelineEvent[] {
	return entry(source, at, event, more, false);
}

function upcoming(source: TimelineEvent['source'], at: Date | undefined, event: string, more: More): TimelineEvent[] {
	return entry(source, at, event, more, true);
}

function entry(source: TimelineEvent['source'], at: Date | undefined, event: string, more: More, upcoming: boolean): TimelineEvent[] {
	const filled = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined && value !== ''));
	return at ? [{ at: iso(at), source, event, ...filled, upcoming }] : [];
}
