import type { AbandonItem, Evidence, EvidenceKey, EvidenceServiceDefinition, IssueResult } from '@fefaent/contracts/evidence';
import { type Notification, Transition } from '@fefaent/contracts/notification';
import { crashpoint, DomainError } from '@fefaent/kernel';
import type { Handlers } from '@fefaent/service-kit';
import { evidenceError } from '../errors.ts';
import type { Issued, Issuing } from '../issuing.ts';
import { type DecisionKey, type EvidenceStore, keyText } from '../store/port.ts';
import type { EvidenceTrust } from '../trust/load.ts';

/** Most items of a batch, by method. Twice as many are read as issued: a consult asks for both evidences of each notification. */
const limits = { issue: 100, abandon: 100, get: 200, purge: 100 };

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
			const issued = await issuing.issue(items.map(({ notification }, index) => checkedNotification(notification, index)));
			return { results: issued.map((one) => ({ outcome: outcomeOf(one) })) };
		},
		abandon: async ({ items }) => {
			checkSize(items, limits.abandon);
			const decisions = items.map(checkedDecision);
			await crashpoint('evidence.abandon.before-store');
			const stored = await store.abandonMany(decisions);
			await crashpoint('evidence.abandon.stored');
			return { results: stored.map((one, index) => ({ evidence: provesThat(decisions[index], one) ? one : undefined })) };
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

function outcomeOf(issued: Issued): IssueResult['outcome'] {
	if (!(issued instanceof DomainError)) return { $case: 'evidence', value: issued };
	const { reason, message, retryable } = issued;
	return { $case: 'failure', value: { reason, message, retryable } };
}

function provesThat(decision: DecisionKey | undefined, evidence: Evidence | undefined): boolean {
	return decision?.decidedAt.getTime() === evidence?.decidedAt?.getTime();
}

function checkedDecision({ notificationId, transition, decidedAt }: AbandonItem, index: number): DecisionKey {
	checkKey({ notificationId, transition }, index);
	if (!decidedAt) throw evidenceError('ITEM_INVALID', { index: String(index), field: 'decided_at' });
	return { notificationId, transition, decidedAt };
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
