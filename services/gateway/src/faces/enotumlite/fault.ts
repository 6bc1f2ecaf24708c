import { escapeText } from '@fefaent/xml';
import type { Answer } from '../../http/exchange.ts';
import { soapNs } from './names.ts';

/** Fault codes of SOAP 1.1, section 4.4.1. */
export type FaultCode = 'Client' | 'Server' | 'VersionMismatch' | 'MustUnderstand';

/** Thrown where no answer of the contract is possible: what came is not XML, not SOAP, or not for us (eNotumLite contract, decision 16). */
export class SoapFault extends Error {
	override readonly name = 'SoapFault';
	readonly code: FaultCode;

	/** @param message in Catalan, without personal data */
	constructor(code: FaultCode, message: string) {
		super(message);
		this.code = code;
	}
}

/** Media type of SOAP 1.1. */
export const soapType = 'text/xml; charset=utf-8';

/** A fault as an answer: status 500 (SOAP 1.1 section 6.2) unless HTTP has one of its own. */
export function faultAnswer(code: FaultCode, message: string, status = 500): Answer {
	const fault = `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escapeText(message)}</faultstring></soap:Fault>`;
	return { status, contentType: soapType, body: inEnvelope(fault) };
}

/** Puts markup into a SOAP envelope. */
export function inEnvelope(markup: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${soapNs}"><soap:Body>${markup}</soap:Body></soap:Envelope>`;
}
