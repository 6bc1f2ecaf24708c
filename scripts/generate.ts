// Makes packages/contracts/src/gen from proto/. With --check: fails when what is committed is not what proto/ gives.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'packages/contracts/src/gen');

/** Generates into the folder that buf.gen.yaml names, plus the descriptors that gRPC reflection serves. */
function generate(): void {
	const cwd = join(root, 'proto');
	execFileSync('buf', ['generate', '--include-imports'], { cwd, stdio: 'inherit' });
	const descriptors = execFileSync('buf', ['build', '-o', '-'], { cwd, maxBuffer: 64 << 20 });
	writeFileSync(join(generated, 'descriptors.binpb'), descriptors);
}

/** Every file below a folder with its content. */
function snapshot(folder: string): Map<string, string> {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return new Map(
		files.map((entry) => {
			const path = join(entry.parentPath, entry.name);
			return [path.slice(folder.length), readFileSync(path, 'base64')];
		}),
	);
}

if (process.argv.includes('--check')) {
	const kept = mkdtempSync(join(tmpdir(), 'fefaent-gen-'));
	cpSync(generated, kept, { recursive: true });
	try {
		generate();
		const before = snapshot(kept);
		const after = snapshot(generated);
		const stale = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
		if (stale.length > 0) {
			console.error(`generated code is not fresh (run npm run generate): ${stale.join(', ')}`);
			process.exitCode = 1;
		} else console.log(`generated code is fresh: ${after.size} files`);
	} finally {
		rmSync(generated, { recursive: true });
		cpSync(kept, generated, { recursive: true });
		rmSync(kept, { recursive: true });
	}
} else generate();
