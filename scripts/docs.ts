// Writes the pages of docs/ that are made from the code: settings and errors.   node scripts/docs.ts [--check]
// With --check nothing is written, and what is committed must be what would be. What stands above the marker is written by hand and stays.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { configurationPage } from './docs/configuration.ts';
import { errorsPage } from './docs/errors.ts';
import { marker } from './docs/markdown.ts';

const root = join(import.meta.dirname, '..');
const pages = [
	{ path: join(root, 'docs', 'configuration.md'), title: 'Configuration', generate: configurationPage },
	{ path: join(root, 'docs', 'errors.md'), title: 'Errors', generate: () => errorsPage(root) },
] as const;

const checking = process.argv.includes('--check');
const stale: string[] = [];
for (const { path, title, generate } of pages) {
	const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
	const end = found.indexOf(marker);
	const byHand = end < 0 ? `# ${title}\n\n` : found.slice(0, end);
	const wanted = `${byHand}${marker}\n\n${(await generate()).trimEnd()}\n`;
	if (found === wanted) continue;
	if (checking) stale.push(relative(root, path));
	else writeFileSync(path, wanted);
}
if (stale.length > 0) {
	console.error(`not what the code says: ${stale.join(', ')}. Run: npm run docs`);
	process.exitCode = 1;
}
