import type { EvidenceKey, EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { type Notification, Transition } from '@fefaent/contracts/notification';
import { crashpoint } from '@fefaent/kernel';
import type { Handlers } from '@fefaent/service-kit';
import { evidenceError } from '../errors.ts';
import type { Issuing } from '../issuing.ts';
import { type EvidenceStore, keyText } from '../store/port.ts';
import type { EvidenceTrust } from '../trust/load.ts';

/** Most items of a batch, by method. Twice as many are read as issued: a consult asks for both evidences of each notification. */
const limits = { issue: 100, get: 200, purge: 100 };

/** What there is once the service has started. */
export interface Running {
	readonly issuing: Issuing;
	readonly trust: EvidenceTrust;
}

/** The RPCs of the evidence service. @param running throws NOT_RUNNING before the start and after the stop */
export function evidenceHandlers(store: EvidenceStore, running: () => Running): Handlers<typeof EvidenceServiceDefinition> {
	return {
		issue: async ({ items }) => {
			checkSize(items, limits.issue);
			const { issuing } = running();
			return { evidences: await issuing.issue(items.map(({ notification }, index) => checkedNotification(notification, index))) };
		},
		get: async ({ keys }) => {
			checkSize(keys, limits.get);
			keys.forEach(checkKey);
			const found = await store.findMany(keys);
			return { results: keys.map((key) => ({ evidence: found.get(keyText(key)) })) };
		},
		purge: async ({ notificationIds }) => {
			checkSize(notificationIds, limits.purge);
			notificationIds.forEach((id, index) => {
				checkId(id, index, 'notification_ids');
			});
			await crashpoint('evidence.purge.before-store');
			await store.purge(notificationIds);
			return {};
		},
		getTrust: async () => {
			const { signerCaPem, signerPem, tsaCaPem, test } = running().trust;
			return { signerCaPem, signerPem, tsaCaPem, test };
		},
	};
}

function checkSize(items: readonly unknown[], max: number): void {
	if (items.length === 0 || items.length > max) throw evidenceError('BATCH_SIZE', { max: String(max) });
}

function checkedNotification(notification: Notification | undefined, index: number): Notification {
	if (!notification) throw evidenceError('ITEM_INVALID', { index: String(index), field: 'notification' });
	checkId(notification.id, index, 'notification.id');
	return notification;
}

function checkKey({ notificationId, transition }: EvidenceKey, index: number): void {
	checkId(notificationId, index, 'notification_id');
	if (transition === Transition.UNSPECIFIED || transition === Transition.UNRECOGNIZED) {
		throw evidenceError('ITEM_INVALID', { index: String(index), field: 'transition' });
	}
}

function checkId(id: number, index: number, field: string): void {
	if (!Number.isSafeInteger(id) || id <= 0) throw evidenceError('ITEM_INVALID', { index: String(index), field });
}
