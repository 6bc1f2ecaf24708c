import { DomainError, type FailureKind } from '@fefaent/kernel';
import { describe, expect, test } from 'vitest';
import { isPassing, reasonOf } from './failure.ts';

const domain = (kind: FailureKind, reason = 'X', cause?: unknown) => new DomainError(reason, kind, 'the words', {}, { cause });
const system = (code: string | number, name = 'Error') => Object.assign(new Error('at anna@example.cat'), { code, name });

describe('a failure', () => {
	test.each<[string, unknown, boolean]>([
		['of a service that is away', domain('unavailable', 'UNAVAILABLE'), true],
		['of a call that took too long', domain('timedOut', 'DEADLINE_EXCEEDED'), true],
		['of a store that is too busy', domain('exhausted', 'STORE_BUSY'), true],
		['of a store that is away', domain('unavailable', 'STORE_UNREACHABLE', system(11_000)), true],
		['of a store that refused the write', domain('unavailable', 'STORE_WRITE_FAILED', system('ECONNRESET')), false],
		['of something that another one changed at once', domain('conflict'), false],
		['of a request that is wrong', domain('invalid'), false],
		['of something that is not there', domain('notFound'), false],
		['that the service did not foresee', domain('internal', 'INTERNAL', system('ECONNRESET')), false],
		['of the network', system('ECONNREFUSED'), true],
		['of a name that is not resolved now', system('EAI_AGAIN'), true],
		['of the network, as fetch tells it', new TypeError('fetch failed', { cause: system('ECONNRESET') }), true],
		['of something away, wrapped', new Error('outer', { cause: domain('unavailable') }), true],
		['of a file', system('ENOENT'), false],
		['of the code', new TypeError('x is not a function'), false],
		['that is none', 'text', false],
	])('%s', (_, error, passes) => {
		expect(isPassing(error)).toBe(passes);
	});

	test('whose causes go in a circle is judged, too', () => {
		const one = new Error('one');
		one.cause = new Error('two', { cause: one });
		expect(isPassing(one)).toBe(false);
	});

	test.each<[unknown, string]>([
		[domain('unavailable', 'STORE_UNREACHABLE'), 'STORE_UNREACHABLE: the words'],
		[system(11_000, 'MongoServerError'), 'MongoServerError 11000'],
		[system('ECONNREFUSED'), 'Error ECONNREFUSED'],
		[new RangeError('anna@example.cat'), 'RangeError'],
		['anna@example.cat', 'something was thrown that is no error'],
	])('%s is kept as %s', (error, reason) => {
		expect(reasonOf(error)).toBe(reason);
	});
});
