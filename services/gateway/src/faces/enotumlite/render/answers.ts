import { escapeText } from '@fefaent/xml';
import type { ContractProblem } from '../errors.ts';
import { enotumNs, procesaNs } from '../names.ts';

/** What one `Notificacio` is answered. */
export interface CreateResult {
	/** The issuer's own id as given; empty when it gave none, since the schema asks for the element (section 6 of the contract). */
	readonly issuerReference: string;
	readonly outcome: { readonly id: number } | ContractProblem;
}

/** What one consulted id is answered. */
export interface ConsultResult {
	/** The id as given. */
	readonly id: string;
	readonly outcome: ConsultedNotification | ContractProblem;
}

/** A notification as its issuer sees it. */
export interface ConsultedNotification {
	/** xs:dateTime, as the issuer gave it or of the receipt. */
	readonly createdAt: string;
	readonly depositedAt: Date | undefined;
	readonly practisedAt: Date | undefined;
	/** The contract's literal. */
	readonly state: string;
	/** Sealed evidence of the deposit. */
	readonly deposit: Uint8Array | undefined;
	/** Sealed evidence of the acceptance, rejection or expiry. */
	readonly practice: Uint8Array | undefined;
}

/** What one cancelled id is answered. */
export interface CancelResult {
	/** The id as given. */
	readonly id: string;
	readonly problem: ContractProblem | undefined;
}

/** What one decision is answered. */
export interface PractiseResult {
	/** The id as given. */
	readonly id: string;
	readonly outcome: { readonly decision: string; readonly evidence: Uint8Array } | ContractProblem;
}

/** `RespostaCrearNotificacio`. */
export function createAnswer(results: readonly CreateResult[]): string {
	let items = '';
	for (const { issuerReference, outcome } of results) {
		const said = 'code' in outcome ? error(outcome) : element('IdNotificacio', String(outcome.id));
		items += `<ResultatCrearNotificacio>${element('IdNotificacioEmissor', issuerReference)}${said}</ResultatCrearNotificacio>`;
	}
	return root('RespostaCrearNotificacio', items);
}

/** `RespostaConsulta`. */
export function consultAnswer(results: readonly ConsultResult[]): string {
	let items = '';
	for (const { id, outcome } of results) {
		const said = 'code' in outcome ? error(outcome) : consulted(outcome);
		items += `<ResultatConsultarNotificacio>${element('IdNotificacio', id)}${said}</ResultatConsultarNotificacio>`;
	}
	return root('RespostaConsulta', items);
}

function consulted({ createdAt, depositedAt, practisedAt, state, deposit, practice }: ConsultedNotification): string {
	const facts =
		element('DataCreacio', createdAt) +
		(depositedAt ? element('DataDiposit', depositedAt.toISOString()) : '') +
		(practisedAt ? element('DataPracticar', practisedAt.toISOString()) : '') +
		element('Estat', state);
	const proofs = (deposit ? embedded('Diposit', deposit) : '') + (practice ? embedded('Practicar', practice) : '');
	return `<DadesNotificacio>${facts}</DadesNotificacio><Evidencia>${proofs}</Evidencia>`;
}

/** `RespostaCancelar`. */
export function cancelAnswer(results: readonly CancelResult[]): string {
	let items = '';
	for (const { id, problem } of results)
		items += `<ResultatCancelarNotificacio>${element('IdNotificacio', id)}${problem ? error(problem) : ''}</ResultatCancelarNotificacio>`;
	return root('RespostaCancelar', items);
}

/** `RespostaPracticar`. */
export function practiseAnswer(results: readonly PractiseResult[]): string {
	let items = '';
	for (const { id, outcome } of results) {
		const said = 'code' in outcome ? error(outcome) : element('Decisio', outcome.decision) + embedded('Evidencia', outcome.evidence);
		items += `<ResultatPracticarNotificacio>${element('IdNotificacio', id)}${said}</ResultatPracticarNotificacio>`;
	}
	return root('RespostaPracticar', items);
}

/** `RespostaError`. */
export function errorAnswer(problem: ContractProblem): string {
	return root('RespostaError', error(problem));
}

/** Puts an answer into `procesaResponse`, for a request that came inside `procesa`. */
export function wrapped(markup: string): string {
	return `<procesaResponse xmlns="${procesaNs}">${markup}</procesaResponse>`;
}

function root(name: string, content: string): string {
	return `<${name} xmlns="${enotumNs}">${content}</${name}>`;
}

function error({ code, message }: ContractProblem): string {
	return `<Error>${element('CodiError', code)}${element('MissatgeError', message)}</Error>`;
}

function element(name: string, text: string): string {
	return `<${name}>${escapeText(text)}</${name}>`;
}

/**
 * An evidence document as one string (section 6 of the contract), escaped and not in CDATA: some SOAP libraries parse what looks like XML inside CDATA
 * and hand over objects, from which the signed bytes cannot be had back.
 */
function embedded(name: string, document: Uint8Array): string {
	return element(name, Buffer.from(document.buffer, document.byteOffset, document.byteLength).toString('utf8'));
}
