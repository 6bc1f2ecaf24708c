import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The files of one schema folder: path inside the folder, with `/`, to content. Nothing outside it can be included. */
export type SchemaFiles = ReadonlyMap<string, Uint8Array>;

const read = new Map<string, SchemaFiles>();

/** Reads every `.xsd` of a folder and of the folders in it. Read once for each folder in a process. */
export function schemaFilesFrom(folder: string): SchemaFiles {
	const known = read.get(folder);
	if (known) return known;
	const files = new Map<string, Uint8Array>();
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile() || !entry.name.endsWith('.xsd')) continue;
		const path = join(entry.parentPath, entry.name);
		files.set(relative(folder, path).split(sep).join('/'), readFileSync(path));
	}
	read.set(folder, files);
	return files;
}

/** A schema file's folder and its path in there. */
export function splitSchemaPath(file: string): { readonly files: SchemaFiles; readonly entry: string } {
	const folder = dirname(file);
	return { files: schemaFilesFrom(folder), entry: relative(folder, file) };
}
