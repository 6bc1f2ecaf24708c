import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { createFile, makeFolders, readIfThere, replaceFile } from './index.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

/** Dies where it says: what a kill there leaves is what lies in the folder then. */
const dies = () => {
	throw new Error('the process ends here');
};

describe('replacing a file', () => {
	it('makes it and its folders for their owner only, and leaves nothing beside it', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('a', 'b', 'file');
		await replaceFile(path, 'one');
		await replaceFile(path, Buffer.from('two'));
		expect([readFileSync(path, 'utf8'), modeOf(path), modeOf(folder.join('a')), modeOf(folder.join('a', 'b'))]).toEqual([
			'two',
			0o600,
			0o700,
			0o700,
		]);
		expect(readdirSync(folder.join('a', 'b'))).toEqual(['file']);
	});

	it('cut short before its name is given, leaves the file as it was; the next try goes over what was left', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('file');
		await expect(replaceFile(path, 'one', { beforeNamed: dies })).rejects.toThrow('ends here');
		expect(existsSync(path)).toBe(false);
		await replaceFile(path, 'one');
		await expect(replaceFile(path, 'a longer two', { beforeNamed: dies })).rejects.toThrow('ends here');
		expect(readFileSync(path, 'utf8')).toBe('one');
		await replaceFile(path, '2');
		expect([readFileSync(path, 'utf8'), readdirSync(folder.path)]).toEqual(['2', ['file']]);
	});

	it('has the name when it says so', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('file');
		let seen = '';
		const afterNamed = () => {
			seen = readFileSync(path, 'utf8');
		};
		await replaceFile(path, 'one', { mode: 0o644, afterNamed });
		expect([seen, modeOf(path)]).toEqual(['one', 0o644]);
	});

	it('goes one after the other, in the order of the calls', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('new', 'file');
		const big = (letter: string) => letter.repeat(200_000);
		await Promise.all(['a', 'b', 'c'].map((letter) => replaceFile(path, big(letter))));
		expect(readFileSync(path, 'utf8')).toBe(big('c'));
	});

	it('that fails keeps nobody from the next turn', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('file');
		const failing = replaceFile(path, 'one', { beforeNamed: dies });
		const next = replaceFile(path, 'two');
		await expect(failing).rejects.toThrow('ends here');
		await next;
		expect(readFileSync(path, 'utf8')).toBe('two');
	});
});

describe('creating a file', () => {
	it('one of many wins, and all find its content whole', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('keys', 'key');
		const won = await Promise.all(Array.from({ length: 8 }, (_, index) => createFile(path, `${index}`.repeat(50_000))));
		const content = readFileSync(path, 'utf8');
		expect(won.filter(Boolean)).toHaveLength(1);
		expect(content).toBe(`${won.indexOf(true)}`.repeat(50_000));
		expect(readdirSync(folder.join('keys'))).toEqual(['key']);
		expect(await createFile(path, 'late')).toBe(false);
		expect(modeOf(path)).toBe(0o600);
	});

	it('cut short before its name is given, leaves no file of that name', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('key');
		await expect(createFile(path, 'one', { beforeNamed: dies })).rejects.toThrow('ends here');
		expect(existsSync(path)).toBe(false);
	});
});

describe('folders', () => {
	it('that are there stay as they are', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('open');
		mkdirSync(path);
		chmodSync(path, 0o755);
		expect([await makeFolders(path), modeOf(path), await makeFolders(join(path, 'in'))]).toEqual([false, 0o755, true]);
	});

	it.each([
		['/proc/nope/data', 'ENOENT'],
		['/dev/null/data', 'ENOTDIR'],
	])('%s cannot be made, which is told', async (path, code) => {
		await expect(makeFolders(path)).rejects.toMatchObject({ code });
	});
});

it('reading answers nothing only for a file that is not there', async () => {
	await using folder = temporaryFolder();
	writeFileSync(folder.join('file'), '');
	expect([await readIfThere(folder.join('file')), await readIfThere(folder.join('none'))]).toEqual([Buffer.from(''), undefined]);
	await expect(readIfThere(folder.path)).rejects.toMatchObject({ code: 'EISDIR' });
});
