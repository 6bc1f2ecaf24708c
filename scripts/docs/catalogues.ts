import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ErrorCatalogue, type FailureKind, failureKinds } from '@fefaent/kernel';

/** A catalogue of errors as its module exports it. */
export interface FoundCatalogue {
	/** Path from the root of the checkout. */
	readonly path: string;
	/** Its docstring. */
	readonly doc: string;
	readonly errors: ErrorCatalogue;
}

/** Every catalogue that a module named `errors.ts` exports, so that no list of them can be out of date. */
export async function catalogues(root: string): Promise<readonly FoundCatalogue[]> {
	const found: FoundCatalogue[] = [];
	for (const path of globSync('{packages,services}/*/src/**/errors.ts', { cwd: root }).sort()) {
		const exported: Record<string, unknown> = await import(join(root, path));
		const source = readFileSync(join(root, path), 'utf8');
		for (const [name, value] of Object.entries(exported))
			if (isCatalogue(value)) found.push({ path, doc: docOf(source, name), errors: value });
	}
	return found;
}

/** Errors that are raised where they happen, and that no catalogue has. @param known reasons of the catalogues */
export function loners(root: string, known: ReadonlySet<string>): readonly FoundCatalogue[] {
	const raised = /new DomainError\(\s*'([A-Z_]+)',\s*'(\w+)',\s*(?:`([^`]*)`|'([^']*)')/g;
	return globSync('{packages,services}/*/src/**/*.ts', { cwd: root })
		.filter((path) => !/conformance|\/testing\/|\.test\.ts$/.test(path))
		.sort()
		.flatMap((path) => {
			const errors: Record<string, ErrorCatalogue[string]> = {};
			for (const [, reason = '', kind = '', template, plain = ''] of readFileSync(join(root, path), 'utf8').matchAll(raised)) {
				const message = template?.replaceAll(/\$\{(\w+)\}/g, '{$1}') ?? plain;
				if (isKind(kind) && !known.has(reason)) errors[reason] = { kind, message };
			}
			return Object.keys(errors).length > 0 ? [{ path, doc: '', errors }] : [];
		});
}

/** Whose errors they are: `gateway`, or `gateway, admin` for a part of it. */
export function ownerOf(path: string): string {
	const [, owner = '', , ...inside] = dirname(path).split('/');
	return [owner, ...inside.map((folder) => basename(folder))].join(', ');
}

function isCatalogue(value: unknown): value is ErrorCatalogue {
	return (
		typeof value === 'object' &&
		value !== null &&
		Object.values(value).length > 0 &&
		Object.values(value).every((one) => typeof one?.message === 'string' && isKind(String(one?.kind)))
	);
}

function isKind(text: string): text is FailureKind {
	return text in failureKinds;
}

function docOf(source: string, name: string): string {
	const doc = new RegExp(`/\\*\\* ((?:(?!\\*/)[^])*) \\*/\\s*export const ${name}\\b`).exec(source)?.[1] ?? '';
	// References to code read as words.
	return doc.replaceAll(/\{@link (\w+)\}/g, '`$1`');
}
