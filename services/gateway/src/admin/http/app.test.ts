import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAdmin, testAdmin } from '../testing/server.ts';

let admin: TestAdmin;
beforeAll(async () => {
	admin = await testAdmin({ FEFAENT_ADMIN_MAX_BODY_BYTES: '2048' });
});
afterAll(() => admin[Symbol.asyncDispose]());

const issuers = '/admin/v1/issuers';

describe('problems (RFC 9457)', () => {
	test('name everything wrong with a request, where it is', async () => {
		const answer = await admin.call('POST', issuers, { code: '', nom: 'x', defaultExpiryDays: 400 });
		const problem = answer.problem();
		expect(problem).toMatchObject({
			status: 400,
			reason: 'REQUEST_INVALID',
			type: 'urn:fefaent:error:request-invalid',
			title: 'Request invalid',
		});
		expect(problem.errors?.map((one) => `${one.in}${one.at}`).sort()).toEqual(['body', 'body/code', 'body/defaultExpiryDays', 'body/name']);
		expect(problem.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
	});

	test.each([
		['an unknown address', 'GET', '/admin/v1/nothing', undefined, 404, 'ROUTE_UNKNOWN'],
		['a path that is no percent-encoding', 'GET', `${issuers}/%E0%A4%A`, undefined, 404, 'ROUTE_UNKNOWN'],
		['an unknown issuer', 'GET', `${issuers}/NOPE`, undefined, 404, 'ISSUER_UNKNOWN'],
		['a member of the query that is not described', 'GET', `${issuers}?limt=3`, undefined, 400, 'REQUEST_INVALID'],
		['a repeated member of the query', 'GET', `${issuers}?limit=3&limit=4`, undefined, 400, 'REQUEST_INVALID'],
		['a page that is too large', 'GET', `${issuers}?limit=1001`, undefined, 400, 'REQUEST_INVALID'],
		['an id that is none', 'GET', '/admin/v1/notifications/0x', undefined, 400, 'REQUEST_INVALID'],
		['a body that is no JSON', 'POST', issuers, '{"code":', 400, 'BODY_NOT_JSON'],
		['a body that is no object', 'POST', issuers, '[]', 400, 'REQUEST_INVALID'],
		['no body', 'POST', issuers, undefined, 415, 'MEDIA_TYPE_UNSUPPORTED'],
		['a body that is too large', 'POST', issuers, { code: 'A', name: 'x'.repeat(3000) }, 413, 'BODY_TOO_LARGE'],
		['another method', 'PUT', issuers, undefined, 405, 'METHOD_NOT_ALLOWED'],
		['time that cannot be moved', 'POST', '/admin/v1/clock', { advance: 'P1D' }, 409, 'SANDBOX_OFF'],
		['a bus that cannot be asked', 'GET', '/admin/v1/dead-letters', undefined, 409, 'BUS_ABSENT'],
		['a defect, without what it was', 'GET', '/admin/v1/trust', undefined, 500, 'INTERNAL'],
	])('tell %s', async (_, method, path, body, status, reason) => {
		const answer = await admin.call(method, path, body);
		expect(answer.status).toBe(status);
		expect(answer.problem()).toMatchObject({ status, reason });
		expect(answer.text).not.toContain('is down');
	});

	test('a wrong method is told the right ones', async () => {
		expect((await admin.call('DELETE', issuers)).headers.allow).toBe('GET, POST, HEAD');
	});

	test.each([
		['another type', { 'content-type': 'text/plain' }],
		['a compressed body', { 'content-encoding': 'gzip' }],
	])('%s is not read', async (_, headers) => {
		const answer = await admin.call('POST', issuers, '{"code":"A","name":"B"}', headers);
		expect(answer.problem()).toMatchObject({ status: 415, reason: 'MEDIA_TYPE_UNSUPPORTED' });
	});
});

describe('pages of other sites', () => {
	test.each([['localhost'], ['127.0.0.1:8081'], ['127.8.9.10'], ['[::1]:8081'], ['LOCALHOST:1']])('Host %s is answered', async (host) => {
		expect((await admin.call('GET', issuers, undefined, { host })).status).toBe(200);
	});

	test.each([['evil.example'], ['127.0.0.1.evil.example:8081'], ['localhost.evil.example'], ['10.0.0.1']])(
		'Host %s is refused, whatever it resolves to',
		async (host) => {
			expect((await admin.call('GET', '/health/live', undefined, { host })).problem()).toMatchObject({
				status: 403,
				reason: 'ADMIN_HOST_REFUSED',
			});
		},
	);

	test('another origin is refused, its own is not, and no CORS header is sent', async () => {
		const host = 'localhost:8081';
		expect((await admin.call('GET', issuers, undefined, { host, origin: 'http://evil.example' })).status).toBe(403);
		expect((await admin.call('GET', issuers, undefined, { host, origin: 'null' })).status).toBe(403);
		const own = await admin.call('GET', issuers, undefined, { host, origin: 'http://localhost:8081' });
		expect(own.status).toBe(200);
		expect(Object.keys(own.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
		expect((await admin.call('OPTIONS', issuers, undefined, { host, origin: 'http://evil.example' })).status).toBe(403);
	});
});

describe('the admin token', () => {
	test('guards operations, and nothing that probes and readers need', async () => {
		await using guarded = await testAdmin({ FEFAENT_ADMIN_TOKEN: 's3cret-t0ken' });
		const none = await guarded.call('GET', issuers);
		expect(none.problem()).toMatchObject({ status: 401, reason: 'ADMIN_TOKEN_WRONG' });
		expect(none.headers['www-authenticate']).toBe('Bearer realm="fefaent-admin"');
		for (const authorization of ['Bearer s3cret-t0kem', 'Bearer s3cret', 'Basic s3cret-t0ken', 's3cret-t0ken'])
			expect((await guarded.call('GET', issuers, undefined, { authorization })).status).toBe(401);
		expect((await guarded.call('GET', issuers, undefined, { authorization: 'bearer s3cret-t0ken' })).status).toBe(200);
		expect((await guarded.call('GET', issuers, undefined, { authorization: 'Bearer s3cret-t0ken', host: 'admin.example' })).status).toBe(
			200,
		);
		expect((await guarded.call('GET', '/health/live')).status).toBe(200);
		expect((await guarded.call('GET', '/admin/openapi.json')).status).toBe(200);
		const settings = await guarded.call('GET', '/admin/v1/config', undefined, { authorization: 'Bearer s3cret-t0ken' });
		expect(settings.text).toContain('"name":"FEFAENT_ADMIN_TOKEN","value":"***"');
		expect(settings.text).not.toContain('s3cret');
	});

	test('is needed where other machines reach the port', async () => {
		await expect(testAdmin({ FEFAENT_ADMIN_HOST: '0.0.0.0' })).rejects.toThrow('FEFAENT_ADMIN_TOKEN');
		await using open = await testAdmin({ FEFAENT_ADMIN_HOST: '0.0.0.0', FEFAENT_ADMIN_TOKEN: 'x' });
		expect((await open.call('GET', issuers)).status).toBe(401);
	});
});

test('probes learn which check fails, not why', async () => {
	const answer = await admin.call('GET', '/health/ready');
	expect(answer.status).toBe(503);
	expect(answer.json()).toEqual({ ready: false, checks: [{ name: 'store', ok: false }] });
	expect((await admin.call('GET', '/admin/v1/status')).text).toContain('disk full');
});

test('lists come by pages', async () => {
	for (const code of ['P1', 'P2', 'P3']) await admin.call('POST', issuers, { code, name: code });
	const first = (await admin.call('GET', `${issuers}?limit=2`)).json<{ items: { code: string }[]; next: string }>();
	expect(first.items.map((one) => one.code)).toEqual(['P1', 'P2']);
	const second = (await admin.call('GET', `${issuers}?limit=2&after=${first.next}`)).json<{ items: { code: string }[]; next?: string }>();
	expect(second.items.map((one) => one.code)).toEqual(['P3']);
	expect(second.next).toBeUndefined();
});

describe('a change on condition', () => {
	const code = 'COND';
	const at = `${issuers}/${code}`;

	test('is made to the version that was seen, and to no other', async () => {
		const made = await admin.call('POST', issuers, { code, name: 'One' });
		expect(made.headers.etag).toBe('"1"');
		expect((await admin.call('GET', at)).headers.etag).toBe('"1"');
		const changed = await admin.call('PATCH', at, { name: 'Two' }, { 'if-match': '"1"' });
		expect([changed.status, changed.headers.etag]).toEqual([200, '"2"']);
		const late = await admin.call('PATCH', at, { name: 'Three' }, { 'if-match': '"1"' });
		expect(late.problem()).toMatchObject({ status: 412, reason: 'PRECONDITION_FAILED' });
		expect(late.problem().detail).toContain('"2"');
		expect((await admin.call('GET', at)).json()).toMatchObject({ name: 'Two', version: 2 });
		expect((await admin.call('PATCH', at, { name: 'Four' })).json()).toMatchObject({ name: 'Four', version: 3 });
		expect((await admin.call('PATCH', at, { name: 'Five' }, { 'if-match': '*' })).status).toBe(200);
	});

	test('of many at once on one version, one is made', async () => {
		const { etag } = (await admin.call('GET', at)).headers;
		const names = Array.from({ length: 8 }, (_, n) => `At once ${n}`);
		const answers = await Promise.all(names.map((name) => admin.call('PATCH', at, { name }, { 'if-match': String(etag) })));
		expect(answers.map((one) => one.status).sort()).toEqual([200, ...Array(7).fill(412)]);
		const [won] = answers.filter((one) => one.status === 200);
		expect((await admin.call('GET', at)).json()).toEqual(won?.json());
	});

	test('that cannot be read is refused', async () => {
		const answer = await admin.call('PATCH', at, { name: 'Six' }, { 'if-match': '3' });
		expect(answer.problem()).toMatchObject({ status: 400, errors: [{ in: 'header', at: '/If-Match' }] });
	});
});

test('what is made says where it is, whatever its code', async () => {
	const made = await admin.call('POST', issuers, { code: 'a/b ç?', name: 'Odd' });
	expect(made.status).toBe(201);
	expect((await admin.call('GET', String(made.headers.location))).json()).toMatchObject({ code: 'a/b ç?', name: 'Odd' });
});

test('the browsable page needs nothing from elsewhere', async () => {
	const page = await admin.call('GET', '/admin/docs');
	expect(page.headers['content-security-policy']).toContain("default-src 'none'");
	const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
	expect(addresses.length).toBeGreaterThan(2);
	for (const address of addresses) {
		expect(address.startsWith('/')).toBe(true);
		expect((await admin.call('GET', address)).status).toBe(200);
	}
});

test('a stopped API takes no more requests, and stops twice', async () => {
	const other = await testAdmin();
	await other.call('GET', issuers);
	await other.service.stop();
	await other.service.stop();
	await expect(other.call('GET', issuers)).rejects.toThrow('ECONNREFUSED');
	await other[Symbol.asyncDispose]();
});
