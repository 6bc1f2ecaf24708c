import type { Delivery, Endpoint } from '@fefaent/contracts/callback';
import type { Evidence } from '@fefaent/contracts/evidence';
import { type Notification, NotificationView } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { detached, inHalves } from '@fefaent/service-kit';
import type { Evidences, Notifications } from '../clients.ts';
import type { FailureName } from '../domain/failures.ts';
import { isTold, wordsOf } from '../domain/states.ts';
import type { Content } from '../forms/form.ts';

/** Whom to ask for what messages are made of. */
export interface ContentSources {
	readonly notifications: Notifications;
	readonly evidences: Evidences;
}

/** What a delivery's message is made of, or why there can be none. */
export type Gathered = { readonly content: Content } | { readonly failure: FailureName };

/**
 * Asks for what the messages of a page are made of: one call to each service, more for evidences too large for one message.
 * @param deliveries at most 100
 * @throws what the calls throw: nothing was tried then
 */
export async function gather(deliveries: readonly Delivery[], endpoint: Endpoint, sources: ContentSources): Promise<readonly Gathered[]> {
	const proved = deliveries.filter((delivery) => delivery.evidenceId !== '');
	const [notifications, evidences] = await detached(() =>
		Promise.all([loadNotifications(deliveries, sources), loadEvidences(proved, sources)]),
	);
	return deliveries.map((delivery) => {
		const notification = notifications.get(delivery.notificationId);
		if (notification === undefined) return { failure: 'NOTIFICATION_PURGED' };
		const evidence = evidences.get(delivery.id);
		if (delivery.evidenceId === '') return { content: { delivery, endpoint, notification, evidence: undefined } };
		if (evidence === undefined) return { failure: 'EVIDENCE_MISSING' };
		// An emptied evidence: its notification's life here is over.
		return evidence.xml.byteLength === 0 ? { failure: 'NOTIFICATION_PURGED' } : { content: { delivery, endpoint, notification, evidence } };
	});
}

async function loadNotifications(deliveries: readonly Delivery[], { notifications }: ContentSources): Promise<Map<number, Notification>> {
	const ids = [...new Set(deliveries.map((delivery) => delivery.notificationId))];
	const { results } = await notifications.get({ ids, view: NotificationView.SUMMARY });
	return new Map(results.flatMap(({ id, notification }) => (notification ? [[id, notification]] : [])));
}

/** By delivery. */
async function loadEvidences(deliveries: readonly Delivery[], { evidences }: ContentSources): Promise<Map<string, Evidence>> {
	const asked = deliveries.flatMap(({ id, notificationId, toldState }) =>
		isTold(toldState) ? [{ id, key: { notificationId, transition: wordsOf(toldState).transition } }] : [],
	);
	const results = await inHalves(
		asked.map(({ key }) => key),
		async (some) => (await evidences.get({ keys: some })).results,
	);
	return new Map(
		asked.flatMap(({ id }, index) => {
			const one = results[index];
			// One that no message can carry can be told to nobody: as good as missing.
			return one === undefined || one instanceof DomainError || one.evidence === undefined ? [] : [[id, one.evidence]];
		}),
	);
}
