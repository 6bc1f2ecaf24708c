import type { CreateResult as Created, Draft } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { byWeight, isTooLarge } from '@fefaent/service-kit';
import { childrenOf, type XsdFinding } from '@fefaent/xml';
import { toDraft } from '../draft.ts';
import type { ContractProblem } from '../errors.ts';
import { readNotification } from '../read.ts';
import { type CreateResult, createAnswer } from '../render/answers.ts';
import { problemOf } from '../rules/index.ts';
import type { WireNotification } from '../wire.ts';
import type { EnotumLiteDeps, Operation } from './deps.ts';
import { itemProblem, refuseIfNothingWentWell, resultAt } from './outcome.ts';

/**
 * Create: every notification is judged by itself, and the good ones are stored by one call, or a few where they are much for one message (eNotumLite
 * contract, decisions 2 and 13).
 */
export const create: Operation = (request, facets) => {
	const notifications = childrenOf(request, 'Notificacio').map(readNotification);
	return async (deps, { issuer, dialect }) => {
		const administrations = await deps.directory.administrations();
		const problems = notifications.map(
			(notification, index) => problemOf(notification, { dialect, administrations }) ?? facetProblem(facets.get(index)),
		);
		const drafts = notifications.filter((_, index) => !problems[index]).map((notification) => toDraft(notification, issuer, dialect));
		const results = await store(drafts, deps);
		let stored = 0;
		const answers = notifications.map((notification, index): CreateResult => {
			const outcome = problems[index] ?? storedOutcome(deps, notification, resultAt(results, stored++));
			return { issuerReference: notification.issuerReference ?? '', outcome };
		});
		refuseIfNothingWentWell(answers.map(({ outcome }) => ('code' in outcome ? outcome : undefined)));
		return createAnswer(answers);
	};
};

/**
 * A part that fails does not hide the ids of those before it, which are stored; those behind it are tried no more, unless it was just too large.
 * @throws what the call throws, when no part went well
 */
async function store(drafts: readonly Draft[], { notifications }: EnotumLiteDeps): Promise<readonly Created[]> {
	const results: Created[] = [];
	const failures: unknown[] = [];
	let answered = 0;
	for (const part of byWeight(drafts)) {
		try {
			if (failures.length > 0 && !failures.every(isTooLarge)) throw failures.at(-1);
			results.push(...(await notifications.create({ drafts: part })).results);
			answered++;
		} catch (error) {
			failures.push(error);
			results.push(...part.map(() => failed(error)));
		}
	}
	if (failures.length > 0 && answered === 0) throw failures[0];
	return results;
}

function failed(error: unknown): Created {
	const reason = error instanceof DomainError ? error.reason : 'INTERNAL';
	return { outcome: { $case: 'failure', value: { reason, message: '', details: {} } } };
}

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
	{ outcome }: Created,
): { readonly id: number } | ContractProblem {
	if (outcome?.$case === 'created') return { id: outcome.value.id };
	return itemProblem(outcome?.value ?? { reason: 'NO_OUTCOME', message: '', details: {} }, { issuerReference }, logger);
}
