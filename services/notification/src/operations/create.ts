import { hash } from 'node:crypto';
import { type CreateResult, Draft } from '@fefaent/contracts/notification';
import { currentTraceparent } from '@fefaent/service-kit';
import { enter, issuersOwnPart } from '../domain/create.ts';
import { notificationError } from '../errors.ts';
import { outgoing } from '../outbox/outgoing.ts';
import type { Arrival, Insertion } from '../store/port.ts';
import { recordChanges } from '../telemetry.ts';
import type { OperationDeps } from './deps.ts';
import { itemFailure } from './item-failure.ts';
import { storing } from './step.ts';

/** Stores drafts: one store call for all of them, answered once it is durable. */
export async function create(deps: OperationDeps, drafts: readonly Draft[]): Promise<readonly CreateResult[]> {
	const ids = await deps.ids.take(drafts.length);
	const now = deps.clock.now();
	const traceparent = currentTraceparent();
	const entered = drafts.map((draft, index) => enter(draft, ids[index] as number, now));
	const arrivals = entered.map(({ notification, event }, index): Arrival => {
		const draft = drafts[index] as Draft;
		return { notification, fingerprint: fingerprintOf(draft), events: [outgoing(event, traceparent)] };
	});
	const insertions = await storing('create', () => deps.store.insertMany(arrivals));
	recordChanges(entered.flatMap(({ event }, index) => (insertions[index]?.kind === 'inserted' ? [event] : [])));
	return arrivals.map((arrival, index) => resultOf(arrival, insertions[index] as Insertion));
}

function resultOf({ notification, fingerprint }: Arrival, insertion: Insertion): CreateResult {
	if (insertion.kind === 'inserted') {
		return { outcome: { $case: 'created', value: { id: notification.id, iun: notification.iun, existed: false } } };
	}
	if (fingerprint && Buffer.compare(fingerprint, insertion.fingerprint) === 0) {
		return { outcome: { $case: 'created', value: { id: insertion.id, iun: insertion.iun, existed: true } } };
	}
	return { outcome: { $case: 'failure', value: itemFailure(notificationError('ISSUER_REFERENCE_TAKEN')) } };
}

/**
 * SHA-256 of what the issuer wrote, in its protobuf encoding: ts-proto writes fields in the order of their numbers and leaves out those that hold
 * their default, so the same draft gives the same bytes, also after a field was added to the contract. Nothing without a reference.
 */
export function fingerprintOf(draft: Draft): Uint8Array | undefined {
	if (draft.issuerReference === '') return undefined;
	return hash('sha256', Draft.encode(issuersOwnPart(draft)).finish(), 'buffer');
}
