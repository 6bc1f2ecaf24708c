import { mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { passes } from './failures.ts';

const server = (code: number, labels: readonly string[] = []): Error => {
	const error = new mongo.MongoServerError({ code, message: 'x' });
	for (const label of labels) error.addErrorLabel(label);
	return error;
};

test.each<[string, unknown, boolean]>([
	['a primary that steps down', server(189), true],
	['a server that shuts down', server(91), true],
	['an index build that was interrupted', server(276), true],
	['a write that may be repeated', server(1, ['RetryableWriteError']), true],
	['a connection that breaks', new mongo.MongoNetworkError('x'), true],
	['an answer that does not come in time', new mongo.MongoNetworkTimeoutError('x'), true],
	['an index of another form', server(86), false],
	['a key that is there twice', server(11_000), false],
	['rights that are missing', server(13), false],
	['a slip of our own', new TypeError('x'), false],
])('%s passes: %s', (_, error, expected) => {
	expect(passes(error)).toBe(expected);
});
