import { errorsOf } from '@fefaent/kernel';

/** Why an installation cannot start on its data folder. Told to who starts it, so that paths may be named. */
export const standaloneErrors = {
	DATA_FOLDER_IN_USE: { kind: 'precondition', message: '{path} is in use by another Fefaent process' },
	DATA_FOLDER_UNUSABLE: { kind: 'precondition', message: 'the data folder {path} cannot be used: {why}' },
	DATA_FOLDER_OPEN: {
		kind: 'precondition',
		message:
			'{path} is open to other users of this machine and not for Fefaent alone: set FEFAENT_DATA_DIR to a new folder in it, or close it to them (chmod 700)',
	},
	CLOCK_AHEAD: {
		kind: 'precondition',
		message:
			'time was moved ahead in this data folder: it can only be used as a sandbox. Take a new FEFAENT_DATA_DIR, or FEFAENT_SANDBOX=true',
	},
	CLOCK_FILE_BROKEN: { kind: 'precondition', message: '{path} does not hold a number of milliseconds' },
} as const;

/** Raises one of {@link standaloneErrors}. */
export const standaloneError = errorsOf(standaloneErrors);
