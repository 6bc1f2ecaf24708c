import { DeliveryState } from '@fefaent/contracts/callback';
import { type Notification, State } from '@fefaent/contracts/notification';
import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import type { AdminServiceDeps } from '../../ports.ts';
import { deliveryList, viewDelivery } from '../deliveries/schemas.ts';
import { noticeList, viewNotice } from '../notices/schemas.ts';
import { idText, issuerCode, limit, page, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { notification, notificationList, retried, retry, timeline } from './schemas.ts';
import { mergeTimeline } from './timeline.ts';
import { viewNotification, viewSummary } from './translate.ts';

const path = '/admin/v1/notifications';
const tag = 'notifications';
const params = z.object({ id: idText });
const unknown = { 404: 'NOTIFICATION_UNKNOWN: unknown, or purged.' };
const mostDeliveries = 500;

async function known({ notifications }: AdminServiceDeps, id: number): Promise<Notification> {
	const { results } = await notifications.get({ ids: [id] });
	const found = results[0]?.notification;
	if (!found) throw adminError('NOTIFICATION_UNKNOWN', { id: String(id) });
	return found;
}

async function deliveriesOf({ callbacks }: AdminServiceDeps, id: number) {
	const filter = { notificationIds: [id], endpointId: '', state: DeliveryState.UNSPECIFIED, limit: mostDeliveries };
	return (await callbacks.listDeliveries(filter)).deliveries;
}

/** Operations on notifications. */
export const notificationOperations = [
	operation({
		method: 'get',
		path,
		id: 'searchNotifications',
		tag,
		summary: 'Finds notifications, newest first.',
		input: {
			query: z.strictObject({
				issuer: issuerCode.optional(),
				issuerReference: z.string().min(1).max(100).optional().describe("The issuer's own id (`IdNotificacioEmissor`)."),
				state: words.state.schema.optional(),
				before: idText.optional().describe('Only ids below this one: `next` of the page before.'),
				limit: limit(100),
			}),
		},
		success: { status: 200, says: 'A page of notifications.', json: notificationList },
		handle: async ({ notifications }, { query }) => {
			const { notifications: found } = await notifications.search({
				issuerCode: query.issuer ?? '',
				issuerReference: query.issuerReference ?? '',
				state: query.state ? words.state.toCore(query.state) : State.UNSPECIFIED,
				beforeId: query.before ?? 0,
				limit: query.limit,
			});
			return page(found.map(viewSummary), query.limit, (one) => String(one.id));
		},
	}),
	operation({
		method: 'get',
		path: `${path}/{id}`,
		id: 'getNotification',
		tag,
		summary: 'Reads a notification.',
		input: { params },
		success: { status: 200, says: 'The notification.', json: notification },
		failures: unknown,
		handle: async (deps, { params: { id } }) => viewNotification(await known(deps, id)),
	}),
	operation({
		method: 'get',
		path: `${path}/{id}/timeline`,
		id: 'getTimeline',
		tag,
		summary: 'Everything that happened to a notification, and what is to happen by itself, in time order.',
		input: { params },
		success: { status: 200, says: 'The timeline.', json: timeline },
		failures: unknown,
		handle: async (deps, { params: { id } }) => {
			const [found, { notices }, deliveries, { workflows }] = await Promise.all([
				known(deps, id),
				deps.notifier.listNotices({ notificationIds: [id] }),
				deliveriesOf(deps, id),
				deps.lifecycle.listTimers({ ids: [id] }),
			]);
			const [workflow] = workflows;
			const state = words.state.toWord(found.state);
			return {
				id,
				...(state && { state }),
				...textAs('workflow', workflow?.definition),
				events: mergeTimeline({ notification: found, notices, deliveries, workflow }),
			};
		},
	}),
	operation({
		method: 'get',
		path: `${path}/{id}/deliveries`,
		id: 'getCommunicationLog',
		tag,
		summary: 'The communication log: what was told to endpoints about a notification, with every attempt.',
		description: `At most ${mostDeliveries} deliveries.`,
		input: { params },
		success: { status: 200, says: 'The log, oldest first.', json: deliveryList },
		handle: async (deps, { params: { id } }) => ({ items: (await deliveriesOf(deps, id)).map(viewDelivery) }),
	}),
	operation({
		method: 'get',
		path: `${path}/{id}/notices`,
		id: 'getNotices',
		tag,
		summary: 'The notices of a notification.',
		input: { params },
		success: { status: 200, says: 'Notices in the order they were recorded.', json: noticeList },
		handle: async ({ notifier }, { params: { id } }) => ({
			items: (await notifier.listNotices({ notificationIds: [id] })).notices.map(viewNotice),
		}),
	}),
	operation({
		method: 'get',
		path: `${path}/{id}/export`,
		id: 'getExport',
		tag,
		summary: 'The export that was written when the retention of a notification ended, whether it is purged or not.',
		input: { params },
		success: { status: 200, says: 'The zip file.', file: 'application/zip' },
		failures: { 404: 'EXPORT_UNKNOWN.' },
		handle: async ({ notifications }, { params: { id } }) => ({
			bytes: (await notifications.getExport({ id })).zip,
			fileName: `notification-${id}.zip`,
		}),
	}),
	operation({
		method: 'post',
		path: `${path}/retry`,
		id: 'retryDeposits',
		tag,
		summary: 'Tries failed deposits again.',
		input: { body: retry },
		success: { status: 200, says: 'Those that are tried again.', json: retried },
		handle: async ({ lifecycle }, { body }) => ({ retried: (await lifecycle.retry(body)).retriedIds }),
	}),
];
