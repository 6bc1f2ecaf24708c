import type { EvidenceKey } from '@fefaent/contracts/evidence';
import { type Notification, Transition } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { inHalves } from '@fefaent/service-kit';
import { type ContractProblem, stateLiteral } from '../errors.ts';
import { type ConsultedNotification, type ConsultResult, consultAnswer } from '../render/answers.ts';
import type { EnotumLiteDeps, Operation } from './deps.ts';
import { askedIds, neverOurs } from './ids.ts';
import { itemProblem, refuseIfNothingWentWell, resultAt } from './outcome.ts';

/** The transitions whose evidence is shown as `Practicar`; a notification has one of them at most. */
const practices: readonly Transition[] = [Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE];

/**
 * Consult: the notifications as they are (a communication that waits is accepted by it), then their evidences, by one call each; by more where
 * evidences are too large for one message.
 */
export const consult: Operation = (request) => {
	const asked = askedIds(request);
	const ids = asked.map(({ id }) => id).filter((id) => id !== undefined);
	return async (deps, { issuer }) => {
		const { results } = ids.length > 0 ? await deps.lifecycle.view({ issuerCode: issuer.code, ids }) : { results: [] };
		let next = 0;
		const seen = asked.map(({ id }): Notification | ContractProblem => {
			if (id === undefined) return neverOurs();
			const { outcome } = resultAt(results, next++);
			if (outcome?.$case === 'notification') return outcome.value;
			return itemProblem(outcome?.value ?? { reason: 'NO_OUTCOME', message: '', details: {} }, {}, deps.logger);
		});
		const evidences = await fetchEvidences(deps, seen);
		const answers = asked.map(({ given }, index): ConsultResult => {
			const one = resultAt(seen, index);
			return { id: given, outcome: 'code' in one ? one : consulted(deps, one, evidences) };
		});
		refuseIfNothingWentWell(answers.map(({ outcome }) => ('code' in outcome ? outcome : undefined)));
		return consultAnswer(answers);
	};
};

type Evidences = ReadonlyMap<string, Uint8Array>;

/** Every evidence of these notifications, each asked once. */
async function fetchEvidences({ evidences }: EnotumLiteDeps, seen: readonly (Notification | ContractProblem)[]): Promise<Evidences> {
	const keys = new Map<string, EvidenceKey>();
	for (const one of seen) {
		if ('code' in one) continue;
		for (const { transition } of one.evidences)
			if (isShown(transition)) keys.set(keyOf(one.id, transition), { notificationId: one.id, transition });
	}
	const results = await inHalves([...keys.values()], async (some) => (await evidences.get({ keys: some })).results);
	const found = new Map<string, Uint8Array>();
	for (const [index, key] of [...keys.keys()].entries()) {
		const result = resultAt(results, index);
		const xml = result instanceof DomainError ? undefined : result.evidence?.xml;
		if (xml && xml.byteLength > 0) found.set(key, xml);
	}
	return found;
}

function isShown(transition: Transition): boolean {
	return transition === Transition.DEPOSIT || practices.includes(transition);
}

function keyOf(id: number, transition: Transition): string {
	return `${id} ${transition}`;
}

function consulted(deps: EnotumLiteDeps, notification: Notification, evidences: Evidences): ConsultedNotification | ContractProblem {
	const { id, draft, state, depositedAt, practisedAt, receivedAt } = notification;
	const shown = notification.evidences.map(({ transition }) => transition).filter(isShown);
	// One that the notification names must be there: an answer without it would say that it was never proved. A purge may just have taken it.
	if (shown.some((transition) => !evidences.has(keyOf(id, transition))))
		return itemProblem({ reason: 'EVIDENCE_GONE', message: '', details: {} }, {}, deps.logger);
	const practice = shown.find((transition) => practices.includes(transition));
	return {
		createdAt: draft?.createdAtGiven || (receivedAt ?? new Date(0)).toISOString(),
		depositedAt,
		practisedAt,
		state: stateLiteral(state),
		deposit: evidences.get(keyOf(id, Transition.DEPOSIT)),
		practice: practice && evidences.get(keyOf(id, practice)),
	};
}
