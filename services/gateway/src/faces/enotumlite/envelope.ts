import { attributeOf, type XmlElement } from '@fefaent/xml';
import { SoapFault } from './fault.ts';
import { enotumNs, type OperationName, operationNames, procesaNs, soapNs } from './names.ts';

/** Where the request lies in a SOAP message. */
export interface Located {
	/** Whether it came inside `procesa`: the answer then goes inside `procesaResponse`. */
	readonly wrapped: boolean;
	/** The request, unless there is not exactly one that we know. */
	readonly request: { readonly operation: OperationName; readonly element: XmlElement } | undefined;
}

/**
 * Finds the request in a SOAP 1.1 message (SOAP 1.1 section 4; eNotumLite contract, decision 15).
 * @throws SoapFault when it is no SOAP 1.1 message or demands what we do not do
 */
export function locateRequest(root: XmlElement): Located {
	if (root.name !== 'Envelope') throw new SoapFault('Client', 'El missatge no és un sobre SOAP.');
	if (root.namespace !== soapNs) throw new SoapFault('VersionMismatch', 'Només s’admet SOAP 1.1.');
	const [first, second] = root.children;
	const header = isSoap(first, 'Header') ? first : undefined;
	const body = header ? second : first;
	if (!body || !isSoap(body, 'Body')) throw new SoapFault('Client', 'El sobre SOAP no té cos.');
	if (root.children.some((child) => child !== header && child !== body && child.namespace === soapNs))
		throw new SoapFault('Client', 'El sobre SOAP té parts de més.');
	if (header) refuseDemands(header);
	const only = onlyChild(body);
	if (!only) return { wrapped: false, request: undefined };
	if (only.name !== 'procesa' || only.namespace !== procesaNs) return { wrapped: false, request: known(only) };
	const inner = onlyChild(only);
	return { wrapped: true, request: inner && known(inner) };
}

/** What lies in an element by itself: without another one beside it, and without text. */
function onlyChild({ children, text }: XmlElement): XmlElement | undefined {
	return children.length === 1 && /^[\t\n\r ]*$/.test(text) ? children[0] : undefined;
}

function isSoap(element: XmlElement | undefined, name: string): element is XmlElement {
	return element !== undefined && element.namespace === soapNs && element.name === name;
}

function known(element: XmlElement): Located['request'] {
	if (element.namespace !== enotumNs || !Object.hasOwn(operationNames, element.name)) return undefined;
	return { operation: operationNames[element.name as keyof typeof operationNames], element };
}

const next = 'http://schemas.xmlsoap.org/soap/actor/next';

/** We understand no header: one that must be understood by us cannot be passed over (SOAP 1.1 section 4.2.3). */
function refuseDemands(header: XmlElement): void {
	for (const block of header.children) {
		const must = attributeOf(block, 'mustUnderstand', soapNs)?.trim();
		const actor = attributeOf(block, 'actor', soapNs)?.trim() ?? '';
		if ((must === '1' || must === 'true') && (actor === '' || actor === next))
			throw new SoapFault('MustUnderstand', 'Hi ha una capçalera SOAP obligatòria que no s’entén.');
	}
}
