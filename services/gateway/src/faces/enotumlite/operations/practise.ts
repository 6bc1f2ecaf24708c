import type { PractiseResult as Practised, PractiseItem } from '@fefaent/contracts/lifecycle';
import { Transition } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { inHalves } from '@fefaent/service-kit';
import { childrenOf } from '@fefaent/xml';
import { toIdentity } from '../draft.ts';
import type { ContractProblem } from '../errors.ts';
import { readDecision } from '../read.ts';
import { type PractiseResult, practiseAnswer } from '../render/answers.ts';
import type { WireDecision } from '../wire.ts';
import type { EnotumLiteDeps, Operation } from './deps.ts';
import { askedId, neverOurs } from './ids.ts';
import { itemProblem, refuseIfNothingWentWell, resultAt } from './outcome.ts';

const transitions: Readonly<Record<string, Transition>> = { ACCEPTAR: Transition.ACCEPT, REBUTJAR: Transition.REJECT };

/** Practise: accepts or rejects by one call; by more where evidences are too large for one message, since a decision may be repeated. */
export const practise: Operation = (request) => {
	const decisions = childrenOf(request, 'PracticarNotificacio').map(readDecision);
	const asked = decisions.map(({ id }) => askedId(id));
	const items: PractiseItem[] = [];
	for (const [index, decision] of decisions.entries()) {
		const id = asked[index]?.id;
		if (id !== undefined) items.push(toItem(id, decision));
	}
	return async (deps, { issuer }) => {
		const results = await inHalves(
			items,
			async (some) => (await deps.lifecycle.practise({ issuerCode: issuer.code, items: some })).results,
		);
		let next = 0;
		const answers = decisions.map((decision, index): PractiseResult => {
			const { given, id } = resultAt(asked, index);
			return { id: given, outcome: id === undefined ? neverOurs() : outcomeOf(deps, decision, resultAt(results, next++)) };
		});
		refuseIfNothingWentWell(answers.map(({ outcome }) => ('code' in outcome ? outcome : undefined)));
		return practiseAnswer(answers);
	};
};

function toItem(id: number, { decision, natural, legal }: WireDecision): PractiseItem {
	return {
		id,
		decision: transitions[decision] ?? Transition.UNSPECIFIED,
		natural: natural && toIdentity(natural),
		legal: legal && toIdentity(legal),
	};
}

function outcomeOf(
	{ logger }: EnotumLiteDeps,
	{ decision, natural, legal }: WireDecision,
	result: Practised | DomainError,
): { readonly decision: string; readonly evidence: Uint8Array } | ContractProblem {
	if (result instanceof DomainError) return itemProblem(result, { decision }, logger);
	const { outcome } = result;
	if (outcome?.$case === 'practised') return { decision, evidence: outcome.value.evidenceXml };
	const documents: Record<string, string> = {};
	for (const identity of [natural, legal]) if (identity) documents[identity.scheme] = identity.value;
	return itemProblem(outcome?.value ?? { reason: 'NO_OUTCOME', message: '', details: {} }, { decision, documents }, logger);
}
