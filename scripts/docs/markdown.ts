/** Ends what a page has by hand. */
export const marker = '<!-- Made from the code by `npm run docs`: change the code, not what follows. -->';

/** A table of Markdown. Cells hold Markdown; what would end one is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((one) => one.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code. */
export function code(text: string): string {
	return `\`${text}\``;
}
