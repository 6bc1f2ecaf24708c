/** Replaces what stands between the marks of a section in a page of Markdown. @throws Error for a page without that section */
export function replaceSection(page: string, name: string, text: string): string {
	const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
	const [from, to] = [page.indexOf(open), page.indexOf(close)];
	if (from < 0 || to < from) throw new Error(`the page has no section ${name}`);
	return `${page.slice(0, from + open.length)}\n${text}\n${page.slice(to)}`;
}
