/** Where a command writes. */
export interface Output {
	/** Whether results are for programs. */
	readonly json: boolean;
	/** The result: as JSON where that was asked for, else as `people` writes it. */
	result(value: unknown, people: () => string): void;
	/** What is going on, on standard error. */
	progress(line: string): void;
}

/** Writes results on standard output and progress on standard error. */
export function consoleOutput(json: boolean): Output {
	return {
		json,
		result: (value, people) => {
			const text = json ? JSON.stringify(value, null, 2) : people();
			process.stdout.write(text === '' ? '' : `${text}\n`);
		},
		progress: (line) => void process.stderr.write(`${line}\n`),
	};
}

/** Columns under their names, as wide as they need be. @param none said instead of an empty table */
export function table(
	columns: readonly string[],
	rows: readonly (readonly (string | number | boolean | undefined)[])[],
	none = 'none',
): string {
	if (rows.length === 0) return none;
	const cells = [columns, ...rows.map((row) => row.map((cell) => shown(cell)))];
	const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
	return cells
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

/** Names and values, one a line; what is undefined is left out. */
export function fields(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
	const present = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
	const width = Math.max(0, ...present.map(([name]) => name.length));
	return present.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`).join('\n');
}

/** Control characters could move the reader's cursor: texts come from outside. */
function shown(value: string | number | boolean | undefined): string {
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return String(value ?? '').replaceAll(/\p{Cc}+/gu, ' ');
}
