import type { CreateResponse } from '@fefaent/contracts/notification';
import { childrenOf, type XsdFinding } from '@fefaent/xml';
import { toDraft } from '../draft.ts';
import type { ContractProblem } from '../errors.ts';
import { readNotification } from '../read.ts';
import { type CreateResult, createAnswer } from '../render/answers.ts';
import { problemOf } from '../rules/index.ts';
import type { WireNotification } from '../wire.ts';
import type { EnotumLiteDeps, Operation } from './deps.ts';
import { itemProblem, refuseIfAllUnexpected, resultAt } from './outcome.ts';

/** Create: every notification is judged by itself, and the good ones are stored by one call (eNotumLite contract, decisions 2 and 13). */
export const create: Operation = (request, facets) => {
	const notifications = childrenOf(request, 'Notificacio').map(readNotification);
	return async (deps, { issuer, dialect }) => {
		const administrations = await deps.directory.administrations();
		const problems = notifications.map(
			(notification, index) => problemOf(notification, { dialect, administrations }) ?? facetProblem(facets.get(index)),
		);
		const drafts = notifications.filter((_, index) => !problems[index]).map((notification) => toDraft(notification, issuer, dialect));
		const { results } = drafts.length > 0 ? await deps.notifications.create({ drafts }) : { results: [] };
		let stored = 0;
		const answers = notifications.map((notification, index): CreateResult => {
			const outcome = problems[index] ?? storedOutcome(deps, notification, resultAt(results, stored++));
			return { issuerReference: notification.issuerReference ?? '', outcome };
		});
		refuseIfAllUnexpected(answers.map(({ outcome }) => ('code' in outcome ? outcome : undefined)));
		return createAnswer(answers);
	};
};

/** What the schema found and no rule did: the rules are its equal, and if they were not, nothing that it refuses gets through. */
function facetProblem(finding: XsdFinding | undefined): ContractProblem | undefined {
	return (
		finding && {
			code: 'NOT_02',
			message: `El camp ${finding.attribute ?? finding.element ?? ''} no compleix la restricció: ${finding.facet ?? finding.message}`,
		}
	);
}

function storedOutcome(
	{ logger }: EnotumLiteDeps,
	{ issuerReference = '' }: WireNotification,
	{ outcome }: CreateResponse['results'][number],
): { readonly id: number } | ContractProblem {
	if (outcome?.$case === 'created') return { id: outcome.value.id };
	return itemProblem(outcome?.value ?? { reason: 'NO_OUTCOME', message: '', details: {} }, { issuerReference }, logger);
}
