import { resolve } from 'node:path';
import { isPeriod, isZone } from './calendar.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { isNetwork, portOf } from './net.ts';

/** One setting read from the environment. */
export interface Setting<T> {
	/** What it is for, in a sentence or two; printed in the documentation. */
	readonly doc: string;
	/** Name of its type, for the documentation. */
	readonly type: string;
	/** What a right value looks like; completes "expected ...". */
	readonly expected: string;
	/** Unit of the value as written, where the type does not tell. */
	readonly unit: string | undefined;
	/** Never printed. */
	readonly secret: boolean;
	/** Whether it may stay unset without a default. */
	readonly optional: boolean;
	/** Used when unset. */
	readonly default: T | undefined;
	/** @returns undefined when `raw` is wrong; `raw` is trimmed and not empty */
	parse(raw: string): T | undefined;
	/** The value as it would be written in the environment. */
	format(value: T): string;
}

/** What each setting takes besides its type. Without `default` and `optional` it must be set. */
export interface SettingOptions<T> {
	readonly doc: string;
	readonly default?: T;
	readonly optional?: boolean;
	readonly secret?: boolean;
	readonly unit?: string;
}

/** The value's type: only an optional setting without a default can be undefined. */
type Value<T, O> = O extends { readonly default: T } ? T : O extends { readonly optional: true } ? T | undefined : T;

interface Codec<T> {
	readonly type: string;
	readonly expected: string;
	parse(raw: string): T | undefined;
	format(value: T): string;
}

function make<T, O extends SettingOptions<T>>(codec: Codec<T>, options: O): Setting<Value<T, O>> {
	const made: Setting<T> = {
		...codec,
		doc: options.doc,
		unit: options.unit,
		secret: options.secret ?? false,
		optional: options.optional ?? false,
		default: options.default === undefined ? undefined : accepted(codec, options.default),
	};
	// The cast adds `undefined` to the type exactly when readConfig may answer it.
	return made as Setting<Value<T, O>>;
}

/** A default must itself be a right value: a mistake in it should fail where it was written. */
function accepted<T>(codec: Codec<T>, value: T): T {
	const written = codec.format(value);
	const read = written === '' ? value : codec.parse(written);
	if (read === undefined) throw new TypeError(`the default ${written} is not right: expected ${codec.expected}`);
	return read;
}

interface Range {
	readonly min?: number;
	readonly max?: number;
}

function inRange(value: number, { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Range): number | undefined {
	return value >= min && value <= max ? value : undefined;
}

function rangeText(what: string, { min, max }: Range, format: (value: number) => string = String): string {
	if (min !== undefined && max !== undefined) return `${what} from ${format(min)} to ${format(max)}`;
	if (min !== undefined) return `${what} of at least ${format(min)}`;
	return max === undefined ? what : `${what} of at most ${format(max)}`;
}

const integer = /^-?\d{1,16}$/;
const port: Range = { min: 0, max: 65_535 };
const truths = new Map([
	['true', true],
	['1', true],
	['yes', true],
	['on', true],
	['false', false],
	['0', false],
	['no', false],
	['off', false],
]);

/** Makers of settings, one for each type. */
export const setting = {
	/** Any text. */
	string: <const O extends SettingOptions<string>>(options: O) =>
		make<string, O>({ type: 'text', expected: 'text', parse: (raw) => raw, format: (value) => value }, options),

	/** A whole number. */
	int: <const O extends SettingOptions<number> & Range>(options: O) =>
		make<number, O>(
			{
				type: 'integer',
				expected: rangeText('a whole number', options),
				parse: (raw) => (integer.test(raw) ? inRange(Number(raw), options) : undefined),
				format: String,
			},
			options,
		),

	/** A TCP port; 0 takes a free one. */
	port: <const O extends SettingOptions<number>>(options: O) =>
		make<number, O>(
			{
				type: 'port',
				expected: rangeText('a port', port),
				parse: (raw) => (integer.test(raw) ? inRange(Number(raw), port) : undefined),
				format: String,
			},
			options,
		),

	/** Yes or no. */
	boolean: <const O extends SettingOptions<boolean>>(options: O) =>
		make<boolean, O>(
			{ type: 'boolean', expected: 'true or false', parse: (raw) => truths.get(raw.toLowerCase()), format: String },
			options,
		),

	/** A length of time; the value is in milliseconds, as are `default`, `min` and `max`. */
	duration: <const O extends SettingOptions<number> & Range>(options: O) =>
		make<number, O>(
			{
				type: 'duration',
				expected: `${rangeText('a duration', options, formatDuration)}, such as 500ms, 10s, 5m, 2h, 1d or PT10S`,
				parse: (raw) => {
					const ms = parseDuration(raw);
					return ms === undefined ? undefined : inRange(ms, options);
				},
				format: formatDuration,
			},
			options,
		),

	/** A time zone by its IANA name. */
	zone: <const O extends SettingOptions<string>>(options: O) =>
		make<string, O>(
			{
				type: 'time zone',
				expected: 'the IANA name of a time zone, such as Europe/Madrid',
				parse: (raw) => (isZone(raw) ? raw : undefined),
				format: (value) => value,
			},
			options,
		),

	/** A calendar period (ISO 8601), not negative; the value is as written, since months and days have no length of their own. */
	period: <const O extends SettingOptions<string>>(options: O) =>
		make<string, O>(
			{
				type: 'period',
				expected: 'an ISO 8601 period of zero or more, such as P2M, P7D or PT12H',
				parse: (raw) => (isPeriod(raw) ? raw : undefined),
				format: (value) => value,
			},
			options,
		),

	/** One of several words. */
	enum: <const W extends string, const O extends SettingOptions<NoInfer<W>>>(words: readonly W[], options: O) =>
		make<W, O>(
			{
				type: words.join(' | '),
				expected: `one of ${words.join(', ')}`,
				parse: (raw) => words.find((word) => word === raw),
				format: (value) => value,
			},
			options,
		),

	/** A file or folder; the value is absolute, a relative one is taken from the working directory. */
	path: <const O extends SettingOptions<string>>(options: O) => {
		const made = make<string, O>({ type: 'path', expected: 'a path', parse: (raw) => raw, format: (value) => value }, options);
		// Resolved when read, so that the documentation shows the default as it was written.
		return { ...made, parse: (raw: string) => resolve(raw) as Value<string, O> };
	},

	/** An absolute URL. `protocols` narrows its scheme, written as `https:`; default http and https. */
	url: <const O extends SettingOptions<string> & { readonly protocols?: readonly string[] }>(options: O) => {
		const protocols = options.protocols ?? ['http:', 'https:'];
		return make<string, O>(
			{
				type: 'URL',
				expected: `a URL that begins with ${protocols.map((one) => `${one}//`).join(' or ')}`,
				parse: (raw) => (protocols.includes(URL.parse(oneHost(raw))?.protocol ?? '') ? raw : undefined),
				format: (value) => value,
			},
			options,
		);
	},

	/** Words separated by commas; spaces around them are dropped. */
	list: <const O extends SettingOptions<readonly string[]>>(options: O) =>
		make<readonly string[], O>(
			{
				type: 'list',
				expected: 'words separated by commas',
				parse: (raw) => wordsOf(raw),
				format: (value) => value.join(','),
			},
			options,
		),

	/** Networks in CIDR notation, separated by commas; the value is as written. */
	networks: <const O extends SettingOptions<readonly string[]>>(options: O) =>
		make<readonly string[], O>(
			{
				type: 'networks',
				expected: 'networks in CIDR notation separated by commas, such as 10.0.0.0/8,2001:db8::/32',
				parse: (raw) => {
					const networks = wordsOf(raw);
					return networks?.every(isNetwork) ? networks : undefined;
				},
				format: (value) => value.join(','),
			},
			options,
		),

	/** TCP ports that something is sent to, separated by commas. */
	ports: <const O extends SettingOptions<readonly number[]>>(options: O) =>
		make<readonly number[], O>(
			{
				type: 'ports',
				expected: 'ports from 1 to 65535 separated by commas',
				parse: (raw) => {
					const ports = wordsOf(raw)?.map(portOf);
					return ports?.every((one) => one !== undefined) ? ports : undefined;
				},
				format: (value) => value.join(','),
			},
			options,
		),
};

/** A URL of several hosts (RFC 3986 knows none, connection strings of databases do) with the first of them; any other as it is. */
function oneHost(url: string): string {
	return url.replace(/^(mongodb(?:\+srv)?:\/\/(?:[^@/?#]*@)?[^@/?#,]+)(?:,(?:\[[\w:.]+\]|[^@/?#,:[\]]+)(?::\d{1,5})?)+(?=[/?#]|$)/, '$1');
}

/** Words separated by commas. @returns undefined when one is empty */
function wordsOf(raw: string): readonly string[] | undefined {
	const words = raw.split(',').map((word) => word.trim());
	return words.includes('') ? undefined : words;
}
