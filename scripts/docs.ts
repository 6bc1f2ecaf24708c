// Writes the pages of docs/ that are made from the code.   node scripts/docs.ts [--check]
// With --check nothing is written, and what is committed must be what would be. What stands above the marker is written by hand and stays.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { found, generatedFiles } from './docs/files.ts';

const root = join(import.meta.dirname, '..');
const checking = process.argv.includes('--check');
const stale: string[] = [];
for (const { path, wanted } of await generatedFiles(root)) {
	if (found(root, path) === wanted) continue;
	if (checking) stale.push(path);
	else writeFileSync(join(root, path), wanted);
}
if (stale.length > 0) {
	console.error(`not what the code says: ${stale.join(', ')}. Run: npm run docs`);
	process.exitCode = 1;
}
