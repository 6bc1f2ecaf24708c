import mustache, { type RenderOptions, type TemplateSpans } from 'mustache';
import { notifierError } from '../errors.ts';

/** How a part's values are written: as they are, or so that HTML shows them as they are. */
export type Escaping = 'none' | 'html';

/**
 * Bounds of what one part may render to. A section inside a section multiplies: without a bound a short template could fill the memory. And all
 * notices of a notification (five recipients, of each two kinds of an e-mail of two parts) stay within what a store takes as one document: 16 MB in
 * MongoDB, of up to three bytes a character.
 */
export const renderBounds = { tokens: 50_000, characters: 250_000 } as const;

/** A part of a template that was read. */
export interface CompiledPart {
	readonly spans: TemplateSpans;
	/** Whether it mentions evidences, which are fetched only then. */
	readonly wantsEvidences: boolean;
}

/** Longest tag; anything longer is a tag that was not closed. */
const maxTag = 200;

/** A variable or section: names joined by dots, or the item itself. */
const name = /^(?:\.|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$/;

const cache = new Map<string, CompiledPart>();
const maxCached = 1_000;

/**
 * Reads a part of a template; what was read lately is kept. Partials, changed delimiters and anything but plain names are refused.
 * @throws Error that says what is wrong and where
 */
export function compilePart(source: string): CompiledPart {
	const known = cache.get(source);
	if (known) return known;
	// Checked first: the parser looks for the end of each tag in time that grows with the square of what lies before it.
	const open = source.search(new RegExp(`\\{\\{(?:[^}]|\\}(?!\\})){${maxTag}}`));
	if (open >= 0) throw new Error(`the tag at ${open} is not closed, or longer than ${maxTag} characters`);
	const spans = new mustache.Writer().parse(source) as TemplateSpans;
	let wantsEvidences = false;
	for (const span of eachSpan(spans)) {
		const [type, value, at] = span;
		if (type === '>') throw new Error(`partials are not supported ("${value}" at ${at})`);
		if (type === '=') throw new Error(`delimiters cannot be changed (at ${at})`);
		if (type === 'text' || type === '!') continue;
		if (!name.test(value) || value.split('.').some((one) => one in Object.prototype)) throw new Error(`"${value}" at ${at} is no name`);
		wantsEvidences ||= value.includes('evidencia');
	}
	if (cache.size >= maxCached) cache.clear();
	const compiled = { spans, wantsEvidences };
	cache.set(source, compiled);
	return compiled;
}

/**
 * Renders a part.
 * @param view records without prototype: names must not reach the methods of JavaScript's own objects
 * @throws `TEMPLATE_TOO_LARGE` beyond {@link renderBounds}; Error as {@link compilePart} does
 */
export function renderPart(source: string, view: unknown, escaping: Escaping): string {
	const { spans } = compilePart(source);
	const options: RenderOptions = escaping === 'none' ? { escape: String } : { escape: escapeHtml };
	return new BoundedWriter().renderTokens(asTokens(spans), new mustache.Context(view), undefined, undefined, options);
}

/** Names in a part that stand for nothing where they are. @param view one with every variable set */
export function unknownNames(source: string, view: unknown): readonly string[] {
	const unknown = new Set<string>();
	const walk = (spans: TemplateSpans, context: Context): void => {
		for (const span of spans) {
			const [type, value] = span;
			if (type === 'text' || type === '!') continue;
			const found: unknown = context.lookup(value);
			if (found === undefined) unknown.add(value);
			const inner = innerSpans(span);
			if (inner) walk(inner, type === '#' ? pushed(context, found) : context);
		}
	};
	walk(compilePart(source).spans, new mustache.Context(view));
	return [...unknown];
}

/** Makes a value's special signs harmless within HTML, attribute values included. */
export function escapeHtml(value: unknown): string {
	return String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Renders as mustache.js does, and counts. */
class BoundedWriter extends mustache.Writer {
	#tokens = 0;
	#characters = 0;

	override renderTokens(...args: Parameters<typeof mustache.Writer.prototype.renderTokens>): string {
		this.#tokens += args[0].length;
		if (this.#tokens > renderBounds.tokens) throw notifierError('TEMPLATE_TOO_LARGE', { bound: `${renderBounds.tokens} tokens` });
		return super.renderTokens(...args);
	}

	override rawValue(token: string[]): string {
		return this.#counted(super.rawValue(token));
	}

	override escapedValue(...args: Parameters<typeof mustache.Writer.prototype.escapedValue>): string {
		return this.#counted(super.escapedValue(...args));
	}

	override unescapedValue(...args: Parameters<typeof mustache.Writer.prototype.unescapedValue>): string {
		return this.#counted(super.unescapedValue(...args));
	}

	/** A name that stands for nothing comes as undefined, whatever the declared type says. */
	#counted(value: string | undefined): string {
		const text = value === undefined ? '' : String(value);
		this.#characters += text.length;
		if (this.#characters > renderBounds.characters)
			throw notifierError('TEMPLATE_TOO_LARGE', { bound: `${renderBounds.characters} characters` });
		return text;
	}
}

type Span = TemplateSpans[number];
type Context = InstanceType<typeof mustache.Context>;

function innerSpans(span: Span): TemplateSpans | undefined {
	return Array.isArray(span[4]) ? span[4] : undefined;
}

function* eachSpan(spans: TemplateSpans): Generator<Span> {
	for (const span of spans) {
		yield span;
		yield* eachSpan(innerSpans(span) ?? []);
	}
}

/** The library declares the same trees by two types. */
function asTokens(spans: TemplateSpans): string[][] {
	return spans as unknown as string[][];
}

function pushed(context: Context, value: unknown): Context {
	const item: unknown = Array.isArray(value) ? value[0] : value;
	return typeof item === 'object' || typeof item === 'string' ? context.push(item) : context;
}
