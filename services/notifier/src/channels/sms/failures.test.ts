import { describe, expect, it } from 'vitest';
import { type FailureName, isPermanent } from '../../domain/failures.ts';
import { httpFailure, requestFailure } from './http-failures.ts';
import { smppFailure } from './smpp-failures.ts';

describe('httpFailure', () => {
	it.each<[number, unknown, FailureName]>([
		[400, { code: 'NUMBER_BARRED' }, 'NUMBER_BARRED'],
		[422, { code: 'toString' }, 'MESSAGE_REFUSED'],
		[400, undefined, 'MESSAGE_REFUSED'],
		[404, {}, 'MESSAGE_REFUSED'],
		[401, {}, 'AUTHENTICATION_FAILED'],
		[408, {}, 'TIMED_OUT'],
		[413, {}, 'CONTENT_REFUSED'],
		[425, {}, 'PROVIDER_UNAVAILABLE'],
		[429, {}, 'THROTTLED'],
		[500, { code: 'NUMBER_BARRED' }, 'PROVIDER_UNAVAILABLE'],
		[503, {}, 'PROVIDER_UNAVAILABLE'],
		[504, {}, 'TIMED_OUT'],
		[302, {}, 'UNKNOWN'],
	])('%i %j', (status, body, failure) => expect(httpFailure(status, body)).toBe(failure));

	it('gives up on refusals only', () => {
		for (const status of [400, 404, 409, 422]) expect(isPermanent(httpFailure(status, undefined))).toBe(true);
		for (const status of [401, 403, 408, 425, 429, 500, 502, 503, 504]) expect(isPermanent(httpFailure(status, undefined))).toBe(false);
	});
});

describe('requestFailure', () => {
	const withCode = (code: string) => Object.assign(new Error('x'), { code });
	it.each<[unknown, FailureName]>([
		[withCode('ECONNREFUSED'), 'CONNECTION_FAILED'],
		[withCode('UND_ERR_SOCKET'), 'CONNECTION_FAILED'],
		[withCode('UND_ERR_CONNECT_TIMEOUT'), 'CONNECTION_FAILED'],
		[withCode('UND_ERR_HEADERS_TIMEOUT'), 'TIMED_OUT'],
		[new DOMException('x', 'TimeoutError'), 'TIMED_OUT'],
		[withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'TLS_FAILED'],
		[new Error('x'), 'UNKNOWN'],
	])('%s', (error, failure) => expect(requestFailure(error)).toBe(failure));
});

describe('smppFailure', () => {
	it.each<[number, FailureName]>([
		[0x0b, 'NUMBER_INVALID'],
		[0x58, 'THROTTLED'],
		[0x14, 'THROTTLED'],
		[0x08, 'PROVIDER_UNAVAILABLE'],
		[0x0e, 'AUTHENTICATION_FAILED'],
		[0x101, 'NUMBER_BARRED'],
		[0x104, 'CONTENT_REFUSED'],
		[0x400, 'UNKNOWN'],
	])('%i', (status, failure) => expect(smppFailure(status)).toBe(failure));
});
