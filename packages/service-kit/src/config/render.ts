import { type ConfigSchema, mask, schemaOf } from './config.ts';

/** One setting as the documentation shows it. */
export interface ConfigRow {
	readonly name: string;
	readonly type: string;
	/** As it would be written; undefined when there is none. A secret's default is masked. */
	readonly default: string | undefined;
	readonly required: boolean;
	readonly unit: string | undefined;
	readonly secret: boolean;
	readonly doc: string;
}

/** Every setting of a schema, in the order they were defined. */
export function configTable(schema: ConfigSchema): readonly ConfigRow[] {
	return Object.entries(schema).map(([name, one]) => ({
		name,
		type: one.type,
		default: one.default === undefined ? undefined : one.secret ? mask : one.format(one.default),
		required: one.default === undefined && !one.optional,
		unit: one.unit,
		secret: one.secret,
		doc: one.doc,
	}));
}

/** A section of the documentation: a heading and a table of the schema's settings. */
export function renderConfigMarkdown(title: string, schema: ConfigSchema): string {
	const rows = configTable(schema).map((row) => {
		const type = [row.unit === undefined ? row.type : `${row.type} (${row.unit})`, ...(row.secret ? ['secret'] : [])].join(', ');
		const preset = row.required
			? '**required**'
			: row.default === undefined
				? 'unset'
				: row.default === ''
					? 'empty'
					: `\`${row.default}\``;
		return `| \`${row.name}\` | ${cell(type)} | ${cell(preset)} | ${cell(row.doc)} |`;
	});
	return [`## ${title}`, '', '| Variable | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/**
 * The values in force, one `NAME=value` a line, for `--help` and the debug log. Secrets and passwords inside URLs are masked.
 * @param config what readConfig answered
 */
export function renderConfigText(config: object): string {
	return Object.entries(schemaOf(config))
		.map(([name, one]) => {
			const value = Reflect.get(config, name);
			if (value === undefined) return `${name}=`;
			return `${name}=${one.secret ? mask : one.format(value).replace(/(:\/\/[^/@\s:]*:)[^/@\s]*@/g, `$1${mask}@`)}`;
		})
		.join('\n');
}

/** Text that cannot end its table cell. */
function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}
