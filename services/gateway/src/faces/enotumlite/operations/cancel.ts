import { type CancelResult, cancelAnswer } from '../render/answers.ts';
import type { Operation } from './deps.ts';
import { askedIds, neverOurs } from './ids.ts';
import { itemProblem, refuseIfNothingWentWell, resultAt } from './outcome.ts';

/** Cancel: discards by one call, from any state (eNotumLite contract, decision 11). */
export const cancel: Operation = (request) => {
	const asked = askedIds(request);
	const ids = asked.map(({ id }) => id).filter((id) => id !== undefined);
	return async (deps, { issuer }) => {
		const { results } = ids.length > 0 ? await deps.lifecycle.cancel({ issuerCode: issuer.code, ids }) : { results: [] };
		let next = 0;
		const answers = asked.map(({ given, id }): CancelResult => {
			if (id === undefined) return { id: given, problem: neverOurs() };
			const { failure } = resultAt(results, next++);
			return { id: given, problem: failure && itemProblem(failure, {}, deps.logger) };
		});
		refuseIfNothingWentWell(answers.map(({ problem }) => problem));
		return cancelAnswer(answers);
	};
};
