import type { ItemFailure } from '@fefaent/contracts/common';

/** Every code of the contract (section 7 of the reference). */
export const errorCodes = [
	'ERR_01',
	'ERR_02',
	'NOT_01',
	'NOT_02',
	'NOT_03',
	'NOT_04',
	'NOT_05',
	'NOT_06',
	'NOT_07',
	'NOT_08',
	'NOT_09',
	'NOT_10',
	'CON_01',
	'CON_02',
	'PRC_01',
	'PRC_02',
	'PRC_03',
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

/** An error as the contract writes it. */
export interface ContractProblem {
	readonly code: ErrorCode;
	/** In Catalan. May name values of the request that it answers, which its sender knows; never logged. */
	readonly message: string;
}

/** Thrown where the whole request is answered with `RespostaError`: ERR_01, ERR_02 and NOT_01 (eNotumLite contract, decision 2). */
export class ContractError extends Error {
	override readonly name = 'ContractError';
	readonly code: 'ERR_01' | 'ERR_02' | 'NOT_01';

	constructor(code: 'ERR_01' | 'ERR_02' | 'NOT_01', message: string) {
		super(message);
		this.code = code;
	}
}

/** What the table below may name of the request item that failed. */
export interface FailedItem {
	/** The issuer's own id of the notification. */
	readonly issuerReference?: string;
	/** The decision attempted: ACCEPTAR or REBUTJAR. */
	readonly decision?: string;
	/** Documents given, by scheme. */
	readonly documents?: Readonly<Record<string, string>>;
}

type Wording = (failure: ItemFailure, item: FailedItem) => ContractProblem;

const states: Readonly<Record<string, string>> = {
	STATE_ENTERED: 'ENTRADA',
	STATE_DEPOSITED: 'DIPOSITADA',
	STATE_ACCEPTED: 'ACCEPTADA',
	STATE_REJECTED: 'REBUTJADA',
	STATE_EXPIRED: 'EXPIRADA',
	STATE_FAILED: 'ERROR',
	STATE_DISCARDED: 'DESCARTADA',
};

/** A state by the contract's literal (section 6); tolerates the name without its prefix. */
export function stateLiteral(state: string): string {
	return states[state] ?? states[`STATE_${state}`] ?? 'ERROR';
}

/** Failures of items, by the domain's name, as the contract says them. */
const wordings: Readonly<Record<string, Wording>> = {
	ISSUER_REFERENCE_TAKEN: (_, { issuerReference = '' }) => ({
		code: 'NOT_02',
		message: `IdNotificacioEmissor: el valor ${shown(issuerReference)} ja l’utilitza una altra notificació de contingut diferent`,
	}),
	NOTIFICATION_UNKNOWN: () => ({ code: 'CON_01', message: 'La notificació no existeix' }),
	NOT_YOURS: () => ({ code: 'CON_02', message: 'L’emissor de la petició no és l’emissor de la notificació' }),
	IDENTITY_INVALID: ({ details }, { documents = {} }) => {
		const scheme = details.scheme === 'CIF' || details.scheme === 'IDENTITY_SCHEME_CIF' ? 'CIF' : 'NIF';
		return { code: scheme === 'CIF' ? 'NOT_04' : 'NOT_03', message: `${scheme} invàlid: ${shown(documents[scheme] ?? '')}` };
	},
	RECIPIENT_AMBIGUOUS: () => ({
		code: 'PRC_01',
		message:
			'No es pot determinar el destinatari: el document indicat no correspon a cap destinatari, o no se n’ha indicat cap i n’hi ha més d’un',
	}),
	NOT_PRACTISABLE: ({ details }) => ({
		code: 'PRC_02',
		message: `La notificació no es pot practicar en l’estat ${stateLiteral(details.state ?? '')}`,
	}),
	ALREADY_DECIDED: ({ details }, { decision = '' }) => ({
		code: 'PRC_03',
		message: `La notificació ja s’ha practicat: estat actual ${stateLiteral(details.state ?? '')}, decisió sol·licitada ${decision}`,
	}),
};

/**
 * Words an item's failure.
 * @returns undefined for one that the contract has no code for: it is then an unexpected failure (ERR_02), to be logged
 */
export function wordFailure(failure: ItemFailure, item: FailedItem): ContractProblem | undefined {
	// Reasons come from other services: only names of the table's own count.
	return Object.hasOwn(wordings, failure.reason) ? wordings[failure.reason]?.(failure, item) : undefined;
}

/** What is said of an unexpected failure: no detail, but a reference under which the log has it. */
export function unexpected(reference: string): ContractProblem {
	return { code: 'ERR_02', message: `S’ha produït un error inesperat (referència ${reference})` };
}

const longestShown = 100;

/** A value of the request, short enough to be repeated in a message. */
export function shown(value: string): string {
	return value.length <= longestShown ? value : `${value.slice(0, longestShown)}…`;
}
