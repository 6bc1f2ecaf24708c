/** What stands in place of what must not be logged. */
export const redacted = '[redacted]';

/**
 * Names of fields that hold personal data or secrets, compared without case, hyphens and underscores. A name that merely ends in one of these
 * (`recipientEmail`, `issuer_api_key`) counts as well.
 */
const sensitive = [
	'address',
	'apikey',
	'authorization',
	'bearer',
	'body',
	'cif',
	'cookie',
	'email',
	'familyname',
	'firstname',
	'fullname',
	'givenname',
	'identity',
	'lastname',
	'mobile',
	'nie',
	'nif',
	'passphrase',
	'passport',
	'password',
	'personname',
	'pfx',
	'phone',
	'pin',
	'privatekey',
	'recipientname',
	'secret',
	'surname',
	'token',
	'vat',
];
/** Too short or too common to be searched at the end of longer names. */
const wholeOnly = new Set(['address', 'body', 'cif', 'nie', 'nif', 'pin', 'vat']);
/** Sensitive as a whole name only: `name` alone is a person's, `fileName` or `jobName` is not. */
const alone = new Set(['name', 'to', 'rcpt']);

const verdicts = new Map<string, boolean>();

/** Whether a field of this name must not be logged. */
export function isSensitive(field: string): boolean {
	const known = verdicts.get(field);
	if (known !== undefined) return known;
	const plain = field.toLowerCase().replaceAll(/[-_. ]/g, '');
	const verdict = alone.has(plain) || sensitive.some((one) => plain === one || (!wholeOnly.has(one) && plain.endsWith(one)));
	// Field names come from code, but a map that only grows should have an end.
	if (verdicts.size < 10_000) verdicts.set(field, verdict);
	return verdict;
}

const personal = [
	// E-mail addresses.
	/[\w.+-]+@[\w-]+(\.[\w-]+)+/g,
	// International telephone numbers.
	/\+\d[\d ]{7,16}\d/g,
	// Spanish identity numbers: DNI, NIE, CIF.
	/\b\d{8}-?[A-Z]\b/gi,
	/\b[XYZ]-?\d{7}-?[A-Z]\b/gi,
	/\b[A-HJNP-SUVW]-?\d{7}-?[0-9A-J]\b/gi,
];

/** Text of others (an SMTP answer, an exception) without what looks like personal data. */
export function scrub(text: string): string {
	return personal.reduce((clean, pattern) => clean.replaceAll(pattern, redacted), text);
}

/** Depth beyond which a field's value is not followed. */
const maxDepth = 6;

/** A copy of a log line's fields that is safe to write: sensitive ones masked at any depth, errors as {@link errorFields}, bytes as their count. */
export function redact(fields: object, depth = 0): Record<string, unknown> {
	const clean: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(fields)) {
		clean[name] = value !== undefined && value !== null && isSensitive(name) ? redacted : redactValue(value, depth + 1);
	}
	return clean;
}

function redactValue(value: unknown, depth: number): unknown {
	if (typeof value === 'bigint') return value.toString();
	if (typeof value !== 'object' || value === null || value instanceof Date) return value;
	if (value instanceof Error) return errorFields(value);
	if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
	if (depth > maxDepth) return '[deep]';
	if (Array.isArray(value)) return value.map((one: unknown) => redactValue(one, depth + 1));
	return redact(value instanceof Map ? Object.fromEntries(value) : value, depth);
}

/**
 * What is logged of an error: its name, code or reason, message, stack and causes. Other properties are left out, since libraries
 * hang requests, recipients and answers on them.
 */
export function errorFields(error: Error, depth = 0): Record<string, unknown> {
	const { name, message, stack, cause } = error;
	const fields: Record<string, unknown> = { type: name, message: scrub(message) };
	for (const extra of ['code', 'reason', 'kind']) {
		const value: unknown = Reflect.get(error, extra);
		if (typeof value === 'string' || typeof value === 'number') fields[extra] = value;
	}
	if (stack !== undefined) fields.stack = scrub(stack);
	if (cause instanceof Error && depth < maxDepth) fields.cause = errorFields(cause, depth + 1);
	return fields;
}
