import {
	type CompleteItem,
	type CompleteResult,
	type Notification,
	type NotificationServiceDefinition,
	NotificationView,
	viewed,
} from '@fefaent/contracts/notification';
import type { Handlers } from '@fefaent/service-kit';
import { claim } from '../domain/claim.ts';
import { type Completion, complete } from '../domain/complete.ts';
import { liveOf } from '../domain/decision.ts';
import { remind } from '../domain/remind.ts';
import { notificationError } from '../errors.ts';
import { changeAll } from '../operations/change.ts';
import { create } from '../operations/create.ts';
import type { OperationDeps } from '../operations/deps.ts';
import { itemFailure } from '../operations/item-failure.ts';
import { exportAll, purgeAll, readExport } from '../operations/retention.ts';
import {
	checkCompletions,
	checkDrafts,
	checkExports,
	checkedLimit,
	checkIds,
	claimCommands,
	claimPosition,
	searchQuery,
} from './requests.ts';

/** The RPCs of the notification service. */
export function notificationHandlers(deps: OperationDeps): Handlers<typeof NotificationServiceDefinition> {
	const { store, config } = deps;
	return {
		create: async ({ drafts }, { requestId }) => {
			checkDrafts(drafts);
			return { results: [...(await create(deps, drafts, requestId))] };
		},
		get: async ({ ids, view }) => {
			checkIds(ids);
			const found = await store.getMany(ids);
			return { results: ids.map((id) => ({ id, notification: seen(liveOf(found.get(id)), view) })) };
		},
		search: async (request) => ({ notifications: summaries(await store.search(searchQuery(request))) }),
		claim: async ({ items }) => {
			const commands = claimCommands(items);
			const claims = await changeAll(deps, 'claim', commands, (stored, command, now) => claim(liveOf(stored), command, now));
			return { results: claims.map((one) => ({ ...one, notification: seen(one.notification, NotificationView.CASE) })) };
		},
		complete: async ({ items }) => {
			checkCompletions(items);
			const completions = await changeAll(deps, 'complete', items, (stored, item, now) => complete(liveOf(stored), item, now));
			return { results: items.map((item, index) => completeResult(item, completions[index] as Completion)) };
		},
		listClaims: async ({ before, limit, after }) => {
			if (!before) throw notificationError('ITEM_INVALID', { index: '0', field: 'before' });
			return { notifications: summaries(await store.claimsBefore(before, checkedLimit(limit), claimPosition(after))) };
		},
		remind: async ({ ids }) => {
			checkIds(ids);
			const commands = ids.map((id) => ({ id }));
			const reminded = await changeAll(deps, 'remind', commands, (stored, _, now) => remind(liveOf(stored), now));
			return { remindedIds: ids.filter((_, index) => reminded[index]) };
		},
		export: async ({ items }) => {
			checkExports(items, config.FEFAENT_NOTIFICATION_EXPORT_MAX_BYTES);
			return { exportedIds: [...(await exportAll(deps, items))] };
		},
		purge: async ({ ids }) => {
			checkIds(ids);
			return { purgedIds: [...(await purgeAll(deps, ids))] };
		},
		getExport: async ({ id }) => readExport(deps, id),
	};
}

function completeResult({ id }: CompleteItem, completion: Completion): CompleteResult {
	if (completion.kind === 'complete') {
		return { id, outcome: { $case: 'notification', value: viewed(completion.notification, NotificationView.SUMMARY) } };
	}
	return { id, outcome: { $case: 'failure', value: itemFailure(notificationError(completion.reason, { id: String(id) })) } };
}

function seen(notification: Notification | undefined, view: NotificationView = NotificationView.UNSPECIFIED): Notification | undefined {
	return notification && viewed(notification, view);
}

function summaries(notifications: readonly Notification[]): Notification[] {
	return notifications.map((one) => viewed(one, NotificationView.SUMMARY));
}
