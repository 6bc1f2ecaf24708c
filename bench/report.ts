/** A rate per second, for people. */
export const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')}/s`;

/** Rows as a table of Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
