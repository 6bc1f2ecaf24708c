import { expect, test } from 'vitest';
import { DomainError, errorsOf } from './errors.ts';

const fail = errorsOf({
	ISSUER_UNKNOWN: { kind: 'notFound', message: 'no issuer {code}' },
	STORE_BUSY: { kind: 'unavailable', message: 'try again' },
});

test('a catalogue fills its message and keeps the details and the cause', () => {
	const cause = new Error('why');
	const error = fail('ISSUER_UNKNOWN', { code: 'X1' }, { cause });
	expect(error).toBeInstanceOf(DomainError);
	expect(error).toMatchObject({
		reason: 'ISSUER_UNKNOWN',
		kind: 'notFound',
		message: 'no issuer X1',
		details: { code: 'X1' },
		retryable: false,
		cause,
	});
});

test('kinds say whether asking again can help', () => {
	expect(fail('STORE_BUSY').retryable).toBe(true);
});
