import { DomainError } from '@fefaent/kernel';
import { createLogger } from '../logs/create.ts';
import type { Logger } from '../logs/logger.ts';
import { publicError } from './errors.ts';

let standardError: Logger | undefined;

/** For services without a logger: a failure that nobody sees cannot be repaired. */
function lastResort(): Logger {
	standardError ??= createLogger({ service: 'rpc', destination: 2 });
	return standardError;
}

/**
 * What the caller is told of a handler's failure; what the caller is not told is logged.
 * @param method `NotificationService/Create`
 * @param logger the service's; lines go to standard error without one
 */
export function answerFailure(error: unknown, method: string, caller: string, logger: Logger | undefined): DomainError {
	const told = publicError(error, method);
	if (told === error) return told;
	const fields = { err: error instanceof Error ? error : new Error('something that is no error was thrown'), method, caller };
	if (error instanceof DomainError) (logger ?? lastResort()).debug(fields, 'a call failed');
	else (logger ?? lastResort()).error(fields, 'a call failed unexpectedly');
	return told;
}
