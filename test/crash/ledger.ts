// Holds what the journal says was answered against what the stores hold and what left the house.

import { DeliveryState } from '@fefaent/contracts/callback';
import { State, Transition } from '@fefaent/contracts/notification';
import { NoticeState } from '@fefaent/contracts/notifier';
import type { Standalone } from '@fefaent/standalone';
import { contradictions } from './proofs.ts';
import type { Ending, Journal, Planned } from './scenario.ts';
import type { Outside } from './surroundings.ts';

type Clients = Standalone['clients'];

/** Where an installation is asked what it holds, whichever way it runs. */
export interface Books {
	readonly clients: {
		readonly notifications: Pick<Clients['notifications'], 'search' | 'get' | 'getExport'>;
		readonly evidences: Pick<Clients['evidences'], 'get'>;
		readonly notifier: Pick<Clients['notifier'], 'listNotices'>;
		readonly callbacks: Pick<Clients['callbacks'], 'listEndpoints' | 'listDeliveries'>;
		readonly lifecycle: Pick<Clients['lifecycle'], 'listTimers'>;
	};
	readonly bus: { deadLetters(): Promise<readonly { readonly group: string; readonly reason: string }[]> };
	readonly directory: {
		listIssuers(): Promise<readonly { readonly code: string; readonly name: string }[]>;
		listCredentials(of: { readonly issuer: string }): Promise<readonly CredentialEntry[]>;
		listAdministrations(): Promise<readonly { readonly cif: string }[]>;
	};
}

/** A key or certificate as an operator sees it. */
export interface CredentialEntry {
	readonly id: string;
	readonly kind: string;
	readonly revokedAt?: string | Date;
	readonly lastUsedAt?: string | Date;
}

const ends: Readonly<
	Record<Ending, { readonly state: State; readonly evidences: readonly Transition[]; readonly told: readonly string[] }>
> = {
	accepted: { state: State.ACCEPTED, evidences: [Transition.DEPOSIT, Transition.ACCEPT], told: ['DIPOSITADA', 'ACCEPTADA'] },
	rejected: { state: State.REJECTED, evidences: [Transition.DEPOSIT, Transition.REJECT], told: ['DIPOSITADA', 'REBUTJADA'] },
	expired: { state: State.EXPIRED, evidences: [Transition.DEPOSIT, Transition.EXPIRE], told: ['DIPOSITADA', 'EXPIRADA'] },
	discarded: { state: State.DISCARDED, evidences: [Transition.DEPOSIT], told: ['DIPOSITADA', 'DESCARTADA'] },
	consulted: { state: State.ACCEPTED, evidences: [Transition.DEPOSIT, Transition.ACCEPT], told: ['DIPOSITADA', 'ACCEPTADA'] },
};

/** Every way in which the ledger does not hold; empty when it does. @param fefaent the installation after the last restart, at rest */
export async function discrepancies(fefaent: Books, planned: readonly Planned[], journal: Journal, outside: Outside): Promise<string[]> {
	const wrong: string[] = [];
	const { notifications, evidences, notifier, callbacks } = fefaent.clients;
	// The one that is there from first to last; others come and go within the script.
	const { endpoints } = await callbacks.listEndpoints({ issuerCode: 'DEMO', limit: 100 });
	const [endpoint] = endpoints;
	if (endpoints.length !== 1) wrong.push(`${endpoints.length} endpoints are registered, not 1`);
	const mails = new Set(outside.mailIds);
	if (mails.has('')) wrong.push('an e-mail has no Message-ID');
	for (const { reference, ending } of planned) {
		const answered = [...(journal.ids.get(reference) ?? [])];
		if (answered.length !== 1) wrong.push(`${reference}: answered with ${answered.length} ids`);
		const found = await notifications.search({
			issuerCode: 'DEMO',
			issuerReference: reference,
			state: State.UNSPECIFIED,
			beforeId: 0,
			limit: 10,
		});
		if (found.notifications.length !== 1) wrong.push(`${reference}: stored ${found.notifications.length} times`);
		const [first] = found.notifications;
		if (first === undefined) continue;
		const { id } = first;
		const stored = (await notifications.get({ ids: [id] })).results[0]?.notification;
		if (stored === undefined) wrong.push(`${reference}: found and not there`);
		if (stored === undefined) continue;
		if (id !== answered[0]) wrong.push(`${reference}: stored as ${id}, answered as ${answered[0]}`);
		const end = ends[ending];
		if (stored.state !== end.state) wrong.push(`${reference}: ended as ${stored.state}, not ${end.state}`);
		if (stored.claim) wrong.push(`${reference}: a claim is left over`);

		const proofs = stored.evidences.map((one) => one.transition);
		if (proofs.join() !== end.evidences.join()) wrong.push(`${reference}: evidences ${proofs.join()}`);
		const kept = await evidences.get({
			keys: Object.values(Transition)
				.filter((one) => one !== Transition.UNRECOGNIZED && one !== Transition.UNSPECIFIED)
				.map((transition) => ({ notificationId: id, transition })),
		});
		const sealed = kept.results.flatMap(({ evidence }) => evidence ?? []);
		if (sealed.length !== stored.evidences.length)
			wrong.push(`${reference}: ${sealed.length} evidences sealed, ${stored.evidences.length} shown`);
		for (const proof of stored.evidences) {
			const one = sealed.find(({ transition }) => transition === proof.transition);
			if (one?.id !== proof.evidenceId || Buffer.compare(one.sha256, proof.sha256) !== 0)
				wrong.push(`${reference}: the proof of ${proof.transition} is another one than was sealed`);
		}

		const told = outside.callbacks.filter((one) => one.notificationId === id);
		wrong.push(...contradictions(stored, ending, sealed, told).map((one) => `${reference}: ${one}`));

		const { notices } = await notifier.listNotices({ notificationIds: [id] });
		const keys = notices.map((one) => `${one.recipientIndex} ${one.channel} ${one.kind}`);
		if (new Set(keys).size !== keys.length) wrong.push(`${reference}: a notice is recorded twice`);
		const firsts = notices.filter(({ kind }) => kind === 'NOTICE_KIND_FIRST');
		if (firsts.length !== 2) wrong.push(`${reference}: ${firsts.length} first notices, not an e-mail and an SMS`);
		for (const notice of notices) {
			if (notice.state === NoticeState.PENDING || notice.state === NoticeState.FAILED)
				wrong.push(`${reference}: notice ${keys.at(notices.indexOf(notice))} is ${notice.state} ${notice.failure}`);
			if (
				notice.state === NoticeState.SENT &&
				notice.channel === 'CHANNEL_EMAIL' &&
				outside.mailIds?.some((mail) => mail.includes(notice.id)) === false
			) {
				wrong.push(`${reference}: e-mail ${notice.id} is recorded as sent and never arrived`);
			}
		}

		const { deliveries } = await callbacks.listDeliveries({
			notificationIds: [id],
			endpointId: endpoint?.id ?? 'none',
			state: DeliveryState.UNSPECIFIED,
			limit: 500,
		});
		const states = new Set(deliveries.map((one) => one.toldState));
		if (states.size !== deliveries.length) wrong.push(`${reference}: a change of state has two deliveries`);
		if (deliveries.length !== end.told.length) wrong.push(`${reference}: ${deliveries.length} deliveries, not ${end.told.length}`);
		for (const delivery of deliveries) {
			if (delivery.state !== DeliveryState.DELIVERED) wrong.push(`${reference}: delivery of ${delivery.toldState} is ${delivery.state}`);
			if (!outside.callbacks.some(({ deliveryId }) => deliveryId === delivery.id))
				wrong.push(`${reference}: delivery ${delivery.id} never arrived`);
		}
		// Repetitions are allowed, going back is not: the order of first arrival is the order of the life.
		const seen = [...new Set(told.map((one) => one.state))];
		if (seen.join() !== end.told.join()) wrong.push(`${reference}: told ${seen.join()}, not ${end.told.join()}`);
		const ids = new Set(told.map((one) => one.deliveryId));
		if (ids.size > deliveries.length) wrong.push(`${reference}: callbacks under ${ids.size} ids for ${deliveries.length} deliveries`);
	}
	const dead = await fefaent.bus.deadLetters();
	if (dead.length > 0) wrong.push(`${dead.length} dead letters: ${dead[0]?.group}: ${dead[0]?.reason}`);
	return wrong;
}
