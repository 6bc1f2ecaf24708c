/**
 * The one place that touches libxml2. It uses the C functions under the library's classes (`lib/libxml2.mjs`) and not the classes, because those
 * collect every diagnostic with its XPath (quadratic on hostile input), drop the error code, and keep a weak reference for each document.
 * The version is pinned; `libxml.test.ts` fails if a new one moves a field.
 */
import * as lib from 'libxml2-wasm/lib/libxml2.mjs';

/** An address in the memory of libxml2. 0 is null. */
export type Pointer = number;

/** What the library exports but leaves out of its types. */
interface Untyped {
	addFunction(callback: (...args: number[]) => number | undefined, signature: string): Pointer;
	xmlOutputBufferCreateIO(handler: { write(bytes: Uint8Array): number; close(): boolean }): Pointer;
}
const untyped = lib as unknown as Untyped;

/** The type of an element among libxml2's nodes. */
export const elementNode = 1;

/** Fields of the structures, read in place. */
export const node = {
	type: lib.XmlTreeCommonStruct.type,
	name: lib.XmlTreeCommonStruct.name_,
	firstChild: lib.XmlTreeCommonStruct.children,
	next: lib.XmlTreeCommonStruct.next,
	parent: lib.XmlTreeCommonStruct.parent,
} as const;

/** A diagnostic of libxml2 as its handler sees it: valid only during the call. */
export const diagnostic = {
	/** The number of `xmlParserErrors`. It lies where a node has its type: four bytes in. */
	code: lib.XmlTreeCommonStruct.type,
	message: lib.XmlErrorStruct.message,
	/** 1 warning, 2 error, 3 fatal. */
	level: lib.XmlErrorStruct.level,
	line: lib.XmlErrorStruct.line,
	column: lib.XmlErrorStruct.col,
	node: (error: Pointer): Pointer => lib.XmlErrorStruct.node(error),
} as const;

type DiagnosticHandler = (error: Pointer) => void;

// libxml2 is single-threaded and synchronous here, so the handler of the call under way is all there is to remember.
let handler: DiagnosticHandler | undefined;
const onDiagnostic = untyped.addFunction((_data, error) => {
	if (error !== undefined) handler?.(error);
	return undefined;
}, 'vii');

function withHandler<T>(next: DiagnosticHandler, run: () => T): T {
	const before = handler;
	handler = next;
	try {
		return run();
	} finally {
		handler = before;
	}
}

/**
 * No entity, no DTD, no network, no catalogue; CDATA becomes text; lines beyond 65,535 are counted. Pedantic (128), since libxml2 tells of a
 * relative namespace name with a prefix only then.
 */
const parseOptions = 128 | 2048 | 8388608 | 33554432 | 16384 | 65536 | 4194304 | 134217728;

/**
 * Parses UTF-8 whatever the XML declaration says.
 * @param url the base against which a schema resolves its includes
 * @returns the document, or 0; the caller frees it
 */
export function readDocument(utf8: Uint8Array, onError: DiagnosticHandler, url: string | null = null): Pointer {
	const context = lib.xmlNewParserCtxt();
	try {
		lib.xmlCtxtSetErrorHandler(context, onDiagnostic, 0);
		return withHandler(onError, () => lib.xmlReadMemory(context, utf8, url, 'UTF-8', parseOptions));
	} finally {
		lib.xmlFreeParserCtxt(context);
	}
}

export const freeDocument: (document: Pointer) => void = lib.xmlFreeDoc;
export const rootOf: (document: Pointer) => Pointer = lib.xmlDocGetRootElement;

/** Compiles a schema document. @returns 0 when it is not a schema; the caller frees it */
export function parseSchema(document: Pointer, onError: DiagnosticHandler): Pointer {
	const context = lib.xmlSchemaNewDocParserCtxt(document);
	try {
		lib.xmlSchemaSetParserStructuredErrors(context, onDiagnostic, 0);
		return withHandler(onError, () => lib.xmlSchemaParse(context));
	} finally {
		lib.xmlSchemaFreeParserCtxt(context);
	}
}

export const freeSchema: (schema: Pointer) => void = lib.xmlSchemaFree;

/** Validates one element and all below it. @returns 0 valid, above 0 invalid, below 0 an internal failure */
export function validateElement(schema: Pointer, element: Pointer, onError: DiagnosticHandler): number {
	const context = lib.xmlSchemaNewValidCtxt(schema);
	try {
		lib.xmlSchemaSetValidStructuredErrors(context, onDiagnostic, 0);
		return withHandler(onError, () => lib.xmlSchemaValidateOneElement(context, element));
	} finally {
		lib.xmlSchemaFreeValidCtxt(context);
	}
}

type Visibility = (node: Pointer, parent: Pointer) => boolean;
let visibility: Visibility | undefined;
const onVisible = untyped.addFunction((_data, child, parent) => (visibility?.(child ?? 0, parent ?? 0) === false ? 0 : 1), 'iiii');

/**
 * Writes a canonical form.
 * @param mode 0 inclusive 1.0, 1 exclusive 1.0, 2 inclusive 1.1
 * @param visible which nodes are part of it; asked parents first
 * @returns the bytes, or undefined when libxml2 refuses (a relative namespace URI)
 */
export function canonicalBytes(
	document: Pointer,
	mode: 0 | 1 | 2,
	withComments: boolean,
	inclusivePrefixes: readonly string[],
	visible?: Visibility,
): Buffer | undefined {
	const chunks: Buffer[] = [];
	const buffer = untyped.xmlOutputBufferCreateIO({
		write: (bytes) => {
			chunks.push(Buffer.from(bytes));
			return bytes.byteLength;
		},
		close: () => true,
	});
	const prefixes = inclusivePrefixes.length > 0 ? lib.allocCStringArray([...inclusivePrefixes]) : 0;
	visibility = visible;
	let result: number;
	try {
		result = lib.xmlC14NExecute(document, visible ? onVisible : 0, 0, mode, prefixes, withComments ? 1 : 0, buffer);
	} finally {
		visibility = undefined;
		if (prefixes) lib.free(prefixes);
		lib.xmlOutputBufferClose(buffer);
	}
	if (result < 0) return undefined;
	return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/** The files that libxml2 may open now, by URL; none outside {@link withFiles}. */
let files: ReadonlyMap<string, Uint8Array> = new Map();
const open = new Map<number, { readonly bytes: Uint8Array; at: number }>();
let lastHandle = 0;

// Takes away libxml2's own file access first, which reaches /dev/stdin even in WebAssembly: what is not given to it cannot be opened.
lib.xmlCleanupInputProvider();
lib.xmlRegisterInputProvider({
	match: (url) => files.has(url),
	open: (url) => {
		const bytes = files.get(url);
		if (!bytes) return undefined;
		open.set(++lastHandle, { bytes, at: 0 });
		return lastHandle;
	},
	read: (handle, into) => {
		const file = open.get(handle);
		if (!file) return -1;
		const part = file.bytes.subarray(file.at, file.at + into.byteLength);
		into.set(part);
		file.at += part.byteLength;
		return part.byteLength;
	},
	close: (handle) => open.delete(handle),
});

/** Runs with exactly these files open to `xs:include` and `xs:import`. */
export function withFiles<T>(available: ReadonlyMap<string, Uint8Array>, run: () => T): T {
	const before = files;
	files = available;
	try {
		return run();
	} finally {
		files = before;
	}
}
