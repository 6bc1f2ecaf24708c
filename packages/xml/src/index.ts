export { decodeBase64 } from './base64.ts';
export { type CanonicalOptions, canonicalise } from './canonical.ts';
export { type ParseXmlOptions, parseXml, XmlDocument, type XmlNode } from './document.ts';
export { defaultLimits, type XmlLimits } from './limits.ts';
export { publishDescription } from './publish.ts';
export { type XmlRefusal, XmlRefused } from './refusal.ts';
export {
	compileSchema,
	type SchemaFiles,
	schemaFilesFrom,
	type XmlSchema,
	type XsdFinding,
	type XsdFindingKind,
	type XsdPathStep,
} from './schema.ts';
export { structuralVariant } from './schema-variant.ts';
export {
	type SignatureProblem,
	type SignatureProblemCode,
	type VerifiedTimestamp,
	type VerifyOptions,
	verifyXmlSignature,
	type XmlSignatureReport,
} from './signatures/verify.ts';
export {
	completeXades,
	type PreparedXades,
	type PrepareXadesOptions,
	prepareXades,
	timestampInput,
	type XadesAlgorithm,
	type XadesSigner,
} from './signatures/xades.ts';
export { attributeOf, childOf, childrenOf, readTree, textOf, type XmlAttribute, type XmlElement } from './tree.ts';
export {
	el,
	escapeAttribute,
	escapeText,
	fragment,
	rawXml,
	type XmlAttributes,
	type XmlContent,
	type XmlMarkup,
	xmlDocument,
} from './write.ts';
