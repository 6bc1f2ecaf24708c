import { fileURLToPath } from 'node:url';
import { compileSchema, type XmlElement, type XmlNode, type XmlSchema, type XsdFinding } from '@fefaent/xml';
import { isDateTime } from './date-time.ts';
import { ContractError } from './errors.ts';
import { collapsed } from './lexical.ts';
import type { DialectName } from './names.ts';

/** The folder of our published schemas and WSDL. */
export const schemaFolder = fileURLToPath(new URL('../../../../../xsds/enotumlite/', import.meta.url));

/**
 * Requests that name their issuer are held against the union of both variants, the others against the last one (section 2 of the contract: no one
 * strict schema serves both).
 */
const entries: Readonly<Record<DialectName, string>> = { seed: 'union.xsd', head: 'head.xsd' };

/** A facet that a notification breaks, by its place among the notifications of the request: one for each, the first. */
export type BrokenFacets = ReadonlyMap<number, XsdFinding>;

/** The request schemas, compiled. */
export class RequestSchemas {
	readonly #schemas: Readonly<Record<DialectName, XmlSchema>> = {
		seed: compileSchema(schemaFolder + entries.seed),
		head: compileSchema(schemaFolder + entries.head),
	};

	/**
	 * Holds a request against its schema. What is wrong with its structure or datatypes is wrong with all of it; a broken facet of a notification
	 * concerns that one (eNotumLite contract, decision 3).
	 * @param node where the request lies in the parsed message
	 * @param request the same, as read
	 * @throws ContractError ERR_01
	 */
	check(dialect: DialectName, node: XmlNode, request: XmlElement): BrokenFacets {
		const broken = new Map<number, XsdFinding>();
		for (const finding of this.#schemas[dialect].validate(node)) {
			const kept = judge(finding, dialect, request);
			if (kept === 'fatal') throw new ContractError('ERR_01', said(finding));
			const index = kept === 'facet' ? finding.path[1]?.index : undefined;
			if (index !== undefined && !broken.has(index)) broken.set(index, finding);
		}
		return broken;
	}
}

/** What a finding means for the request: all of it, one notification, or nothing. */
function judge(finding: XsdFinding, dialect: DialectName, request: XmlElement): 'fatal' | 'facet' | 'nothing' {
	const { kind, element, path } = finding;
	const names = path.map((step) => step.name);
	if (kind === 'facet') {
		if (names[1] === 'Notificacio') {
			// The union takes this bound from the last variant; the first has none.
			return dialect === 'seed' && element === 'Nom' && names.at(-2) === 'Document' ? 'nothing' : 'facet';
		}
		// A malformed NIF or CIF of a decision has a code of its own, per item (decision 8).
		return names[1] === 'PracticarNotificacio' && (element === 'NIF' || element === 'CIF') ? 'nothing' : 'fatal';
	}
	return kind === 'datatype' && isRightAllTheSame(element, collapsed(textAt(request, finding))) ? 'nothing' : 'fatal';
}

/** Values that XSD takes and libxml2 does not, told by their collapsed text. */
function isRightAllTheSame(element: string | undefined, value: string): boolean {
	switch (element) {
		case 'IdNotificacio':
			// libxml2 holds integers of 24 digits at most; a longer one is an integer all the same, and the id of nothing (CON_01).
			return /^[+-]?\d{25,}$/.test(value);
		case 'DataCreacio':
			// libxml2 judges dates with the whitespace around them, which XSD collapses first (XML Schema part 2, 4.3.6).
			return isDateTime(value);
		default:
			return false;
	}
}

function textAt(request: XmlElement, { path }: XsdFinding): string {
	let at: XmlElement | undefined = request;
	for (const { name, index } of path.slice(1)) at = at?.children.filter((child) => child.name === name)[index];
	return at?.text ?? '';
}

/** Names the place, so that an integrator finds it; the finding's own words hold no value of the request. */
function said({ kind, path, line, message }: XsdFinding): string {
	const place = path.map(({ name, index }) => (index > 0 ? `${name}[${index + 1}]` : name)).join('/');
	return `La petició no compleix l’esquema a ${place} (línia ${line}): ${faultTexts[kind]} Detall tècnic: ${message}`;
}

/** What is wrong in the contract's language (decision 17); the validator's own words follow as a detail. */
const faultTexts: Readonly<Record<XsdFinding['kind'], string>> = {
	structure: 'hi ha un element o un atribut que no hi va, o n’hi falta algun.',
	datatype: 'el valor no és del tipus que cal.',
	facet: 'el valor no és dels admesos.',
};
