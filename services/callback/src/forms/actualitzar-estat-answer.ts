import { fileURLToPath } from 'node:url';
import { childOf, compileSchema, parseXml, readTree, textOf, type XmlDocument, type XmlElement, XmlRefused } from '@fefaent/xml';
import type { AttemptResult } from '../domain/verdict.ts';
import type { HttpAnswer } from '../http/client.ts';
import { refusedByStatus } from './status.ts';

const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
const enotum = 'http://www.aoc.cat/eNotum';
const schemaFile = fileURLToPath(new URL('../../../../xsds/enotumlite/callback-response.xsd', import.meta.url));

/** Depth and number of elements that an answer can need, and more than enough of both. */
const limits = { maxDepth: 32, maxNodes: 10_000 };

/**
 * What a receiver's answer to `ActualitzarEstat` means: taken when it is a `RespostaActualitzarEstat`, bare or in a SOAP 1.1 envelope, valid by our
 * schema, about our notification, and without `Error` (eNotumLite contract, section 9).
 */
export function readAnswer(answer: HttpAnswer, notificationId: number): AttemptResult {
	const { status } = answer;
	const ok = status >= 200 && status < 300;
	// SOAP 1.1 tells faults by status 500 (section 6.2): the receiver works, and refuses this message.
	if (!ok && status !== 500) return refusedByStatus(answer);
	try {
		using document = parseXml(answer.body, { ...limits, ...charsetOf(answer) });
		const payload = payloadOf(readTree(document));
		if (payload.name === 'Fault' && payload.namespace === soap) return fault(payload, status);
		return ok ? answered(payload, document, notificationId, status) : refusedByStatus(answer);
	} catch (error) {
		if (!(error instanceof XmlRefused)) throw error;
		return ok ? { status, failure: error.reason === 'too_large' ? 'ANSWER_TOO_LARGE' : 'ANSWER_INVALID' } : refusedByStatus(answer);
	}
}

/** The one element in the Body of an envelope, or the root when it is bare. */
function payloadOf(root: XmlElement): XmlElement {
	if (root.name !== 'Envelope' || root.namespace !== soap) return root;
	const content = childOf(root, 'Body')?.children ?? [];
	return content.length === 1 && content[0] ? content[0] : root;
}

function answered(payload: XmlElement, document: XmlDocument, notificationId: number, status: number): AttemptResult {
	const invalid: AttemptResult = { status, failure: 'ANSWER_INVALID' };
	// The schema knows this root only; named here so that it does not come to depend on that.
	if (payload.name !== 'RespostaActualitzarEstat' || payload.namespace !== enotum) return invalid;
	if (compileSchema(schemaFile).validate(document.element(payload.ordinal)).length > 0) return invalid;
	const result = childOf(payload, 'ResultatActualitzarEstat');
	if (result === undefined || integerOf(textOf(result, 'IdNotificacio')) !== BigInt(notificationId)) return invalid;
	const error = childOf(result, 'Error');
	if (error === undefined) return { status };
	return { status, failure: 'RECEIVER_ERROR', ...detail(textOf(error, 'CodiError')) };
}

function fault(payload: XmlElement, status: number): AttemptResult {
	// The parts of a fault have no namespace (SOAP 1.1, section 4.4).
	return { status, failure: 'RECEIVER_FAULT', ...detail(textOf(payload, 'faultcode', '')?.replace(/^[^:]*:/, '')) };
}

/** A code of the receiver's, only where it looks like one: whatever else it may be stays out of our log. */
function detail(code: string | undefined): { detail?: string } {
	const trimmed = code?.trim() ?? '';
	// Bounded to what codes are made of, and without long runs of digits, which could be anybody's number.
	return /^[A-Za-z][\w.-]{0,39}$/.test(trimmed) && !/\d{5}/.test(trimmed) ? { detail: trimmed } : {};
}

/** An xs:integer, which may have a sign and spaces around it. Checked by the schema. */
function integerOf(text: string | undefined): bigint | undefined {
	const digits = /^\s*\+?(-?\d{1,30})\s*$/.exec(text ?? '')?.[1];
	return digits === undefined ? undefined : BigInt(digits);
}

function charsetOf({ headers }: HttpAnswer): { charset?: string } {
	const type = headers['content-type'];
	const charset = typeof type === 'string' ? /;\s*charset\s*=\s*"?([\w.:-]+)"?/i.exec(type)?.[1] : undefined;
	return charset === undefined ? {} : { charset };
}
