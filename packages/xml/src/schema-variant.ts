import { canonicalise } from './canonical.ts';
import { parseXml } from './document.ts';
import type { SchemaFiles } from './schema-files.ts';

const facets =
	'length|minLength|maxLength|pattern|enumeration|minInclusive|maxInclusive|minExclusive|maxExclusive|totalDigits|fractionDigits|assertion|explicitTimezone';
/** Built-in types that are xs:integer with bounds. */
const boundedIntegers =
	'positiveInteger|nonNegativeInteger|negativeInteger|nonPositiveInteger|long|int|short|byte|unsignedLong|unsignedInt|unsignedShort|unsignedByte';
const attributes = '(?: [^\\s="]+="[^"]*")*';

/**
 * Derives from strict schema files what they say of structure and datatype alone: facets are taken out, bounded integers become `xs:integer`.
 * What the variant refuses is a fault of structure or datatype; what only the strict one refuses broke a facet (eNotumLite contract, decision 3).
 */
export function structuralVariant(files: SchemaFiles): SchemaFiles {
	return new Map([...files].map(([name, bytes]) => [name, Buffer.from(withoutFacets(bytes), 'utf8')]));
}

// Works on the canonical form, where a tag has one spelling: plain replacement cannot be misled by comments, CDATA, entities or quotes.
function withoutFacets(bytes: Uint8Array): string {
	using document = parseXml(bytes);
	const text = Buffer.from(canonicalise(document, { exclusive: false })).toString('utf8');
	const prefix = / xmlns(?::([^\s="]+))?="http:\/\/www\.w3\.org\/2001\/XMLSchema"/.exec(text)?.[1];
	const p = prefix === undefined ? '' : `${prefix}:`;
	return text
		.replace(new RegExp(`<${p}(${facets})${attributes}>(?:(?!</${p}\\1>)[\\s\\S])*</${p}\\1>`, 'g'), '')
		.replace(new RegExp(` (type|base|itemType)="${p}(?:${boundedIntegers})"`, 'g'), ` $1="${p}integer"`);
}
