import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { DomainError } from '@fefaent/kernel';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../config/config.ts';
import { refusalOf } from './refusal.ts';

describe('refusalOf', () => {
	it('tells what whoever starts a process can mend', async () => {
		expect(refusalOf(new DomainError('NOTE_TORN', 'conflict', 'the note is torn'))).toBe('the note is torn');
		expect(refusalOf(new ConfigError([{ name: 'A_PORT', value: 'x', expected: 'a port' }]))).toContain('A_PORT');
		expect(refusalOf(thrown(() => readFileSync('/nowhere/at/all')))).toBe('/nowhere/at/all cannot be used: it is not there');
		expect(refusalOf(thrown(() => readFileSync('/etc/passwd/x')))).toBe('/etc/passwd/x cannot be used: a part of its path is not a folder');
		const server = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const second = createServer().listen(port, '127.0.0.1');
		const error = await new Promise((resolve) => second.once('error', resolve));
		expect(refusalOf(error)).toBe(`port ${port} of 127.0.0.1 cannot be opened: it is taken`);
		server.close();
		const elsewhere = createServer().listen(0, '192.0.2.1');
		const absent = await new Promise((resolve) => elsewhere.once('error', resolve));
		expect(refusalOf(absent)).toMatch(/^(port \d+ of )?192\.0\.2\.1 cannot be opened: this machine does not have that address$/);
	});

	it.each([new TypeError('x is not a function'), Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'text', undefined])(
		'has no words for a fault of the program: %s',
		(error) => expect(refusalOf(error)).toBeUndefined(),
	);
});

function thrown(run: () => unknown): unknown {
	try {
		return run();
	} catch (error) {
		return error;
	}
}
