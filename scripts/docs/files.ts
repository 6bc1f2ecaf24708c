import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage } from './configuration.ts';
import { errorsPage } from './errors.ts';
import { marker } from './markdown.ts';
import { telemetryPage } from './telemetry.ts';
import { asyncApiText } from './topics/asyncapi.ts';
import { topicsPage } from './topics/page.ts';

/** A file of docs/ as it should be. */
export interface GeneratedFile {
	/** From the root of the checkout. */
	readonly path: string;
	readonly wanted: string;
}

/** Everything in docs/ that is made from the code. @param root of the checkout */
export async function generatedFiles(root: string): Promise<readonly GeneratedFile[]> {
	const pages = [
		{ path: 'docs/configuration.md', title: 'Configuration', text: configurationPage() },
		{ path: 'docs/errors.md', title: 'Errors', text: await errorsPage(root) },
		{ path: 'docs/telemetry.md', title: 'Telemetry', text: telemetryPage() },
		{ path: 'docs/topics.md', title: 'Topics', text: await topicsPage() },
	];
	return [
		...pages.map(({ path, title, text }) => {
			const before = found(root, path);
			const end = before.indexOf(marker);
			const byHand = end < 0 ? `# ${title}\n\n` : before.slice(0, end);
			return { path, wanted: `${byHand}${marker}\n\n${text.trimEnd()}\n` };
		}),
		{ path: 'docs/asyncapi.yaml', wanted: asyncApiText() },
	];
}

/** What is there now; empty when nothing is. */
export function found(root: string, path: string): string {
	const file = join(root, path);
	return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
