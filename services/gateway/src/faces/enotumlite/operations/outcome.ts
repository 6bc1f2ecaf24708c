import { randomUUID } from 'node:crypto';
import type { ItemFailure } from '@fefaent/contracts/common';
import type { Logger } from '@fefaent/service-kit';
import { ContractError, type ContractProblem, type FailedItem, unexpected, wordFailure } from '../errors.ts';

/** Words the failure of an item; one that the contract has no code for is logged and becomes ERR_02 of that item. */
export function itemProblem(failure: ItemFailure, item: FailedItem, logger: Logger): ContractProblem {
	const worded = wordFailure(failure, item);
	if (worded) return worded;
	const reference = randomUUID();
	logger.error({ reference, reason: failure.reason }, 'an item failed unexpectedly');
	return unexpected(reference);
}

/** Logs a failure of the whole request and makes its ERR_02. */
export function requestProblem(err: unknown, logger: Logger): ContractProblem {
	const reference = randomUUID();
	logger.error({ reference, err }, 'a request failed unexpectedly');
	return unexpected(reference);
}

/**
 * ERR_02 is an error of requests (eNotumLite contract, decision 2). We depart from that where another item of the batch went well: to answer the whole
 * with it would hide what was done, ids of notifications that are stored among it. There it stands at its item, which the schema allows.
 * @throws ContractError ERR_02 when an item failed unexpectedly and none went well
 */
export function refuseIfNothingWentWell(problems: readonly (ContractProblem | undefined)[]): void {
	const failed = problems.find((problem) => problem?.code === 'ERR_02');
	if (failed && !problems.includes(undefined)) throw new ContractError('ERR_02', failed.message);
}

/** Takes the answer for an item out of an RPC's results. @throws Error when the service answered fewer than it was asked */
export function resultAt<T>(results: readonly T[], index: number): T {
	const result = results[index];
	if (result === undefined) throw new Error('a service answered fewer results than it was asked');
	return result;
}
