import { crashpoint } from '@fefaent/kernel';
import { parseXml, readTree, type XmlElement, XmlRefused } from '@fefaent/xml';
import type { Caller } from '../../auth/caller.ts';
import type { Answer, Exchange, Face } from '../../http/exchange.ts';
import { ConnectionLost, HttpRefusal } from '../../http/refusal.ts';
import { locateRequest } from './envelope.ts';
import { ContractError } from './errors.ts';
import { faultAnswer, inEnvelope, SoapFault, soapType } from './fault.ts';
import { issuerOf, namesIssuer } from './issuer.ts';
import { charsetOf } from './media-type.ts';
import { type DialectName, enotumLitePath, type OperationName } from './names.ts';
import type { EnotumLiteDeps } from './operations/deps.ts';
import { operations } from './operations/index.ts';
import { requestProblem } from './operations/outcome.ts';
import { errorAnswer, wrapped } from './render/answers.ts';
import { type BrokenFacets, RequestSchemas } from './schema.ts';
import { recordRequest, traced } from './telemetry.ts';
import { WsdlPages } from './wsdl.ts';

/**
 * The eNotumLite dialect over SOAP 1.1.
 *
 * XML is parsed, validated and read on the main thread: a create of one notification costs 28 µs there (35 k/s; 100 notifications 1.4 ms). In a
 * worker, the hand-over of the bytes and of the tree that was read costs the main thread 16 µs of those, the two together 55 µs (24 k/s), and for 100
 * notifications 0.9 of 2.9 ms: more work in all, for two thirds of the throughput. The other core is of more use to the signer.
 */
export function createEnotumLiteFace(deps: EnotumLiteDeps): Face {
	const schemas = new RequestSchemas();
	const pages = new WsdlPages();
	return {
		path: enotumLitePath,
		methods: ['GET', 'POST'],
		refuse: (refusal) => faultAnswer(refusal.status >= 500 ? 'Server' : 'Client', refusalText[refusal.reason], refusal.status),
		handle: (exchange) =>
			exchange.method === 'GET'
				? Promise.resolve(pages.page(exchange.query, exchange.baseUrl + enotumLitePath))
				: traced(exchange, () => post(deps, schemas, exchange)),
	};
}

const refusalText: Readonly<Record<HttpRefusal['reason'], string>> = {
	unauthenticated: 'Cal una credencial vàlida.',
	'not-local':
		'Sense credencial només s’admeten peticions fetes a localhost, 127.0.0.1 o [::1] des de la mateixa màquina, sense passar per cap intermediari ni venir d’una pàgina d’un altre lloc.',
	method: 'Mètode no admès.',
	'media-type': 'El tipus de contingut ha de ser text/xml.',
	'content-encoding': 'No s’admet contingut comprimit.',
	'too-large': 'La petició és massa gran.',
	busy: 'El servei està ocupat: torneu-ho a provar.',
	draining: 'El servei s’està aturant: torneu-ho a provar.',
};

async function post(deps: EnotumLiteDeps, schemas: RequestSchemas, exchange: Exchange): Promise<Answer> {
	try {
		const caller = await exchange.caller();
		const charset = charsetOf(exchange.headers['content-type']);
		const message = parse(schemas, await exchange.body(), charset);
		const markup = await contractAnswer(deps, caller, message);
		return { status: 200, contentType: soapType, body: inEnvelope(message.wrapped ? wrapped(markup) : markup) };
	} catch (error) {
		if (error instanceof SoapFault) return faultAnswer(error.code, error.message);
		if (error instanceof XmlRefused) return faultAnswer('Client', `El missatge no és XML acceptable (${error.reason}).`);
		if (error instanceof HttpRefusal || error instanceof ConnectionLost) throw error;
		return faultAnswer('Server', requestProblem(error, deps.logger).message);
	}
}

/** A SOAP message that was read: a request whose structure is right, or what is wrong with it. */
interface Message {
	readonly wrapped: boolean;
	readonly content:
		| { readonly operation: OperationName; readonly dialect: DialectName; readonly request: XmlElement; readonly facets: BrokenFacets }
		| ContractError;
}

/** Everything that needs the parsed document, which is gone when this returns. @throws XmlRefused, SoapFault */
function parse(schemas: RequestSchemas, bytes: Uint8Array, charset: string | undefined): Message {
	using document = parseXml(bytes, { maxBytes: bytes.byteLength, ...(charset === undefined ? {} : { charset }) });
	const located = locateRequest(readTree(document));
	const { wrapped: isWrapped, request } = located;
	if (!request)
		return {
			wrapped: isWrapped,
			content: new ContractError('ERR_01', 'El cos del missatge ha de contenir exactament una petició coneguda.'),
		};
	const { operation, element } = request;
	const dialect = namesIssuer(element) ? 'seed' : 'head';
	try {
		const facets = schemas.check(dialect, document.element(element.ordinal), element);
		return { wrapped: isWrapped, content: { operation, dialect, request: element, facets } };
	} catch (error) {
		if (error instanceof ContractError) return { wrapped: isWrapped, content: error };
		throw error;
	}
}

/** Runs the operation. @returns the markup of an answer of the contract, whatever happens */
async function contractAnswer(deps: EnotumLiteDeps, caller: Caller, { content }: Message): Promise<string> {
	const operation = content instanceof ContractError ? 'unknown' : content.operation;
	try {
		if (content instanceof ContractError) throw content;
		const run = operations[content.operation](content.request, content.facets);
		const issuer = await issuerOf(deps.directory, caller, content.request);
		await held('gateway.enotumlite.before-operation');
		const markup = await run(deps, { issuer, dialect: content.dialect });
		await held('gateway.enotumlite.before-answer');
		recordRequest(operation, 'OK');
		return markup;
	} catch (error) {
		const problem = error instanceof ContractError ? error : requestProblem(error, deps.logger);
		recordRequest(operation, problem.code);
		return errorAnswer({ code: problem.code, message: problem.message });
	}
}

/** Passes a crash point. */
async function held(point: string): Promise<void> {
	const hold = crashpoint(point);
	if (hold) await hold;
}
