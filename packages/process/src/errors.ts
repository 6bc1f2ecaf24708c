import { errorsOf } from '@fefaent/kernel';

/** Why a process cannot have the time that it is told to have. */
export const processErrors = {
	CLOCK_AHEAD: {
		kind: 'precondition',
		message: 'time was moved ahead in the database {database}: it can only be used as a sandbox. Take a new one, or FEFAENT_SANDBOX=true',
	},
	CLOCK_NOT_FOLLOWED: {
		kind: 'unavailable',
		message: 'the time of the sandbox is not that of every service yet; without the time, or without a sign of life: {missing}',
	},
} as const;

/** Raises one of {@link processErrors}. */
export const processError = errorsOf(processErrors);
