import type { Setting } from './setting.ts';

/** The settings of a service by the name of their environment variable. */
export type ConfigSchema = Readonly<Record<string, Setting<unknown>>>;

/** The values of a schema's settings. */
export type Config<S extends ConfigSchema> = { readonly [N in keyof S]: S[N] extends Setting<infer T> ? T : never };

/** An environment: `process.env`, or a part of it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One setting that cannot be used. */
export interface ConfigProblem {
	readonly name: string;
	/** The value as found; undefined when unset, `***` when secret. */
	readonly value: string | undefined;
	readonly expected: string;
}

/** Raised by {@link readConfig}: names every setting that is wrong at once. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly problems: readonly ConfigProblem[];

	constructor(problems: readonly ConfigProblem[]) {
		super(`wrong settings:\n${problems.map((one) => `  ${problemText(one)}`).join('\n')}`);
		this.problems = problems;
	}
}

function problemText({ name, value, expected }: ConfigProblem): string {
	return value === undefined ? `${name} is not set: expected ${expected}` : `${name} is "${value}": expected ${expected}`;
}

/** What is printed in place of a secret. */
export const mask = '***';

const schemas = new WeakMap<object, ConfigSchema>();

/**
 * Checks the names of a schema's settings and answers it.
 * @throws TypeError for a name that is no environment variable's, or a setting without documentation
 */
export function defineConfig<const S extends ConfigSchema>(schema: S): S {
	for (const [name, { doc }] of Object.entries(schema)) {
		if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new TypeError(`${name} is no name for a setting`);
		if (doc.trim() === '') throw new TypeError(`${name} is not documented`);
	}
	return Object.freeze(schema);
}

/**
 * Reads every setting. An empty variable counts as unset, since compose files and charts cannot leave one out.
 * @returns a frozen record of typed values
 * @throws ConfigError naming every wrong setting
 */
export function readConfig<S extends ConfigSchema>(schema: S, env: Env): Config<S> {
	const values: Record<string, unknown> = {};
	const problems: ConfigProblem[] = [];
	for (const [name, one] of Object.entries<Setting<unknown>>(schema)) {
		const raw = env[name]?.trim() ?? '';
		if (raw === '' && one.default === undefined && !one.optional) {
			problems.push({ name, value: undefined, expected: one.expected });
		} else {
			const value = raw === '' ? defaultOf(one) : one.parse(raw);
			if (raw !== '' && value === undefined) problems.push({ name, value: one.secret ? mask : raw, expected: one.expected });
			values[name] = value;
		}
	}
	if (problems.length > 0) throw new ConfigError(problems);
	const config = Object.freeze(values) as Config<S>;
	schemas.set(config, schema);
	return config;
}

/** A default passes through the same reading as a set value, so that a relative path is resolved alike. */
function defaultOf(one: Setting<unknown>): unknown {
	if (one.default === undefined) return undefined;
	const written = one.format(one.default);
	return written === '' ? one.default : one.parse(written);
}

/**
 * The schema that a configuration was read with.
 * @throws TypeError for a record that {@link readConfig} did not make
 */
export function schemaOf(config: object): ConfigSchema {
	const schema = schemas.get(config);
	if (schema === undefined) throw new TypeError('not a configuration that readConfig made');
	return schema;
}
