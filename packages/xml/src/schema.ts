import { XmlDocument, type XmlNode } from './document.ts';
import {
	diagnostic,
	elementNode,
	freeDocument,
	freeSchema,
	node,
	type Pointer,
	parseSchema,
	readDocument,
	validateElement,
	withFiles,
} from './libxml.ts';
import { type SchemaFiles, splitSchemaPath } from './schema-files.ts';
import { structuralVariant } from './schema-variant.ts';

export { type SchemaFiles, schemaFilesFrom } from './schema-files.ts';

/**
 * - `structure`: unknown, missing, misplaced or too many elements and attributes
 * - `datatype`: text that is no number, no date, no base64
 * - `facet`: of the right type, but beyond a length, a pattern, an enumeration or a bound
 */
export type XsdFindingKind = 'structure' | 'datatype' | 'facet';

/** One step to an element: its local name, and which of its parent's children of that name it is, from 0. */
export interface XsdPathStep {
	readonly name: string;
	readonly index: number;
}

/** One way in which a document breaks its schema. */
export interface XsdFinding {
	readonly kind: XsdFindingKind;
	/** The number that libxml2 gives it (`xmlParserErrors`). */
	readonly code: number;
	/** What is wrong, in English, without the value that broke it. */
	readonly message: string;
	/** The facet that was broken, as XSD calls it: `maxLength`, `pattern`... */
	readonly facet?: string;
	/** Line in the document, from 1. */
	readonly line: number;
	/** Local name of the element where it is. */
	readonly element?: string;
	/** Local name of the attribute, when one is at fault. */
	readonly attribute?: string;
	/** From the validated element, which is the first step, to the one at fault. */
	readonly path: readonly XsdPathStep[];
}

/** More findings than this end in one of kind `structure` that says so: a document so wrong is no request. */
const mostFindings = 50_000;

/** XML_SCHEMAV_CVC_FACET_VALID to XML_SCHEMAV_CVC_ENUMERATION_VALID. */
const isFacet = (code: number) => code >= 1829 && code <= 1840;
/** XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 to _3, by which a bounded built-in also reports its bound. */
const isDatatype = (code: number) => code >= 1824 && code <= 1826;

interface Raw {
	readonly at: Pointer;
	readonly code: number;
	readonly message: string;
	readonly line: number;
}

/** A compiled schema. Compile once and keep it: compiling costs as much as hundreds of validations. */
export class XmlSchema implements Disposable {
	readonly #source: { readonly files: SchemaFiles; readonly entry: string };
	#strict: Pointer;
	#structural: Pointer = 0;

	/** @internal Use {@link compileSchema}. */
	constructor(files: SchemaFiles, entry: string) {
		this.#source = { files, entry };
		this.#strict = compile(files, entry);
	}

	/**
	 * Validates a document, or one element of it as if it were a document's root.
	 * @returns every fault in document order; none when it is valid
	 */
	validate(what: XmlDocument | XmlNode): readonly XsdFinding[] {
		if (this.#strict === 0) throw new Error('this schema is disposed');
		const element = what instanceof XmlDocument ? what.root.pointer : what.pointer;
		const faults = run(this.#strict, element);
		if (faults.length === 0) return [];
		const wrongType = this.#wrongTypes(element, faults);
		const locate = locator(element);
		const findings: XsdFinding[] = [];
		for (const [index, fault] of faults.entries()) {
			const before = faults[index - 1];
			// libxml2 says after a broken facet once more that the value is not of its type.
			if (isDatatype(fault.code) && before && placeOf(before) === placeOf(fault) && isFacet(before.code)) continue;
			const kind: XsdFindingKind = isFacet(fault.code)
				? 'facet'
				: !isDatatype(fault.code)
					? 'structure'
					: wrongType.has(placeOf(fault))
						? 'datatype'
						: 'facet';
			const facet = /\[facet '(\w+)'\]/.exec(fault.message)?.[1];
			const attribute = attributeOf(fault);
			findings.push({
				kind,
				code: fault.code,
				message: withoutValue(fault.message),
				line: fault.line,
				...(facet ? { facet } : {}),
				...(attribute ? { attribute } : {}),
				...locate(fault.at),
			});
		}
		return findings;
	}

	/** The places whose text is not of their type even without facets, so that a bound (`positiveInteger`) is told apart from no number at all. */
	#wrongTypes(element: Pointer, faults: readonly Raw[]): ReadonlySet<string> {
		if (!faults.some((fault) => isDatatype(fault.code))) return new Set();
		if (this.#structural === 0) this.#structural = compile(structuralVariant(this.#source.files), this.#source.entry);
		return new Set(
			run(this.#structural, element)
				.filter((fault) => isDatatype(fault.code))
				.map(placeOf),
		);
	}

	dispose(): void {
		if (this.#strict !== 0) freeSchema(this.#strict);
		if (this.#structural !== 0) freeSchema(this.#structural);
		this.#strict = 0;
		this.#structural = 0;
	}

	[Symbol.dispose](): void {
		this.dispose();
	}
}

const compiled = new WeakMap<SchemaFiles, Map<string, XmlSchema>>();

/**
 * Compiles a schema, or gives the one compiled before from the same files. Includes and imports are resolved among the files given and nowhere else.
 * Shared, so not to be disposed by its users: it lives with the process.
 * @param source the path of the entry file, whose folder is read; or the files and the entry's name among them
 * @throws Error when it is no schema, with what libxml2 says
 */
export function compileSchema(source: string | { readonly files: SchemaFiles; readonly entry: string }): XmlSchema {
	const { files, entry } = typeof source === 'string' ? splitSchemaPath(source) : source;
	let entries = compiled.get(files);
	if (!entries) {
		entries = new Map();
		compiled.set(files, entries);
	}
	let schema = entries.get(entry);
	if (!schema) {
		schema = new XmlSchema(files, entry);
		entries.set(entry, schema);
	}
	return schema;
}

/** No real scheme, so that nothing but our own files can have such a name. */
const scheme = 'fefaent-schema:/';

function compile(files: SchemaFiles, entry: string): Pointer {
	const bytes = files.get(entry);
	if (!bytes) throw new Error(`no schema file ${entry}`);
	const problems: string[] = [];
	const note = (error: Pointer) => {
		problems.push(`${entry}: ${diagnostic.message(error).trim()}`);
	};
	const named = new Map([...files].map(([name, content]) => [scheme + name, content]));
	const schema = withFiles(named, () => {
		const document = readDocument(bytes, note, scheme + entry);
		if (document === 0) return 0;
		try {
			return parseSchema(document, note);
		} finally {
			freeDocument(document);
		}
	});
	// A warning here is an import that was skipped, and the schema would say less than it should.
	if (schema === 0 || problems.length > 0) {
		if (schema !== 0) freeSchema(schema);
		throw new Error(problems.join('; ') || `${entry} is no schema`);
	}
	return schema;
}

function run(schema: Pointer, element: Pointer): readonly Raw[] {
	const faults: Raw[] = [];
	const result = validateElement(schema, element, (error) => {
		if (diagnostic.level(error) < 2 || faults.length > mostFindings) return;
		const at = diagnostic.node(error);
		const line = diagnostic.line(error);
		if (faults.length === mostFindings) faults.push({ at: element, code: 0, message: 'There are too many faults to list.', line });
		else faults.push({ at, code: diagnostic.code(error), message: diagnostic.message(error).trim(), line });
	});
	if (result < 0) throw new Error('libxml2 could not validate');
	if (result > 0 && faults.length === 0) faults.push({ at: element, code: result, message: 'The document is not valid.', line: 0 });
	return faults;
}

/** The attribute at fault: libxml2 names it in the message only, at the start, where no value of the document can be. */
function attributeOf(fault: Raw): string | undefined {
	return /^Element '[^']*', attribute '(?:\{[^}']*\})?([^']+)'/.exec(fault.message)?.[1];
}

function placeOf(fault: Raw): string {
	return `${fault.at} ${attributeOf(fault) ?? ''}`;
}

/** Finds where faults are. Indexes of siblings are counted once for each parent, so that many faults cost no more than the document is large. */
function locator(root: Pointer): (at: Pointer) => Pick<XsdFinding, 'element' | 'path'> {
	const indexes = new Map<Pointer, Map<Pointer, XsdPathStep>>();
	const stepOf = (element: Pointer, parent: Pointer): XsdPathStep => {
		let steps = indexes.get(parent);
		if (!steps) {
			steps = new Map();
			const seen = new Map<string, number>();
			for (let child = node.firstChild(parent); child !== 0; child = node.next(child)) {
				if (node.type(child) !== elementNode) continue;
				const name = node.name(child);
				const index = seen.get(name) ?? 0;
				seen.set(name, index + 1);
				steps.set(child, { name, index });
			}
			indexes.set(parent, steps);
		}
		return steps.get(element) ?? { name: node.name(element), index: 0 };
	};
	return (at) => {
		if (at === 0) return { path: [] };
		let element = node.type(at) === elementNode ? at : node.parent(at);
		const name = node.name(element);
		const path: XsdPathStep[] = [];
		while (element !== 0 && element !== root) {
			const parent = node.parent(element);
			path.unshift(stepOf(element, parent));
			element = parent;
		}
		path.unshift({ name: node.name(root), index: 0 });
		return { element: name, path };
	};
}

/** libxml2 quotes the value; it may be personal, and as long as the document. Pattern and enumeration come after it and stay. */
function withoutValue(message: string): string {
	const short = message
		.replace(/The value '[\s\S]*' is not accepted by/, 'The value is not accepted by')
		.replace(/The value '[\s\S]*' (is not an element|must be|is less|is greater|has more|does not)/, 'The value $1')
		.replace(/: '[\s\S]*' is not a valid value of/, ': the value is not a valid value of')
		.replace(/\{[a-z]+:[^{}]*\}/g, '')
		.slice(0, 500);
	// A slice would keep all of the long string in memory.
	return Buffer.from(short, 'utf8').toString('utf8');
}
