import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parts } from './docs/processes.ts';

const root = join(import.meta.dirname, '..');
const pages = ['README.md', 'ARCHITECTURE.md', ...globSync('{docs,bench}/*.md', { cwd: root })].sort();

/** Prose and tables, without blocks of code. */
const prose = (page: string): string => readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');

/** What a heading is linked to by: GitHub's rule. */
const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');

/** Variables of tests and tools, which no part of the product reads. */
const others = /^FEFAENT_(TEST|FUZZ|KILL|SOAK|FAULT|DSS|BENCH)_/;

describe.each(pages)('%s', (page) => {
	it('links to files and headings that are there', () => {
		const broken = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
			.map(([, target = '']) => target)
			.filter((target) => !/^[a-z]+:/.test(target))
			.filter((target) => {
				const [path = '', anchor] = target.split('#');
				const file = path === '' ? join(root, page) : join(root, dirname(page), path);
				if (!existsSync(file)) return true;
				if (anchor === undefined) return false;
				const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
				return !headings.includes(anchor);
			});
		expect(broken).toEqual([]);
	});

	it('names files that are there', () => {
		// Written as `folder/file.ext` or `folder/`, from the root of the checkout; placeholders and globs are none.
		const named = [...prose(page).matchAll(/`((?:docs|bench|packages|services|proto|xsds|test|scripts|\.ci)\/[\w./-]*)`/g)].map(
			([, path = '']) => path,
		);
		expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
	});

	it('names settings that are there', () => {
		const known = new Set(Object.values(parts).flatMap((schema) => Object.keys(schema)));
		const named = [...new Set(readFileSync(join(root, page), 'utf8').match(/\bFEFAENT_[A-Z0-9_]*[A-Z0-9]\b/g) ?? [])];
		expect(named.filter((name) => !known.has(name) && !others.test(name))).toEqual([]);
	});
});
