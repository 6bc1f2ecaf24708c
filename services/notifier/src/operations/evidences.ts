import type { EvidenceKey } from '@fefaent/contracts/evidence';
import { type Notification, Transition } from '@fefaent/contracts/notification';
import { inHalves, whole } from '@fefaent/service-kit';
import type { Evidences } from '../clients.ts';

/** The sealed documents of a notification, as templates get them. */
export interface EvidenceTexts {
	readonly deposit?: string;
	readonly practise?: string;
}

/** Transitions that an evidence of practising proves. */
const practised: readonly Transition[] = [Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE];

/** Most keys of one call, as the contract says. */
const maxKeys = 200;

/** Reads the evidences of notifications, by notification id. */
export async function readEvidences(
	evidences: Evidences,
	notifications: readonly Notification[],
): Promise<ReadonlyMap<number, EvidenceTexts>> {
	const keys: readonly EvidenceKey[] = [...new Map(notifications.map((one) => [one.id, one])).values()].flatMap((one) =>
		one.evidences.map(({ transition }) => ({ notificationId: one.id, transition })),
	);
	const texts = new Map<number, EvidenceTexts>();
	for (let first = 0; first < keys.length; first += maxKeys) {
		const some = keys.slice(first, first + maxKeys);
		const results = await inHalves(some, async (part) => (await evidences.get({ keys: part })).results);
		for (const { evidence } of whole(results)) {
			if (evidence === undefined || evidence.xml.length === 0) continue;
			const xml = new TextDecoder().decode(evidence.xml);
			const known = texts.get(evidence.notificationId);
			if (evidence.transition === Transition.DEPOSIT) texts.set(evidence.notificationId, { ...known, deposit: xml });
			else if (practised.includes(evidence.transition)) texts.set(evidence.notificationId, { ...known, practise: xml });
		}
	}
	return texts;
}
