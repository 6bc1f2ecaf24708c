import { readFileSync, writeFileSync } from 'node:fs';
import { freePort } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fefaent as fefaentIn } from './command.ts';
import { type AdminWorld, startAdminWorld } from './world.ts';

const fefaent = (args: readonly string[], env?: Readonly<Record<string, string>>) => fefaentIn(world, args, env);

let world: AdminWorld;
beforeAll(async () => {
	world = await startAdminWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('fefaent demo', () => {
	test('plays whole lives, saves evidences that hold, and leaves no endpoint behind', async () => {
		const played = await fefaent(['demo', '--expire', '--json']);
		expect([played.code, played.err]).toEqual([0, expect.stringContaining('Nova notificació electrònica')]);
		const result =
			played.json<Record<'accepted' | 'expired', { evidences: { file: string; level: string }[]; callbacks: { state: string }[] }>>();
		expect(result.accepted.callbacks.map((one) => one.state)).toEqual(['DIPOSITADA', 'ACCEPTADA']);
		expect(result.expired.callbacks.map((one) => one.state)).toEqual(['DIPOSITADA', 'EXPIRADA']);
		expect(played.err).toContain(result.expired.evidences[1]?.file ?? 'no file');

		const file = result.accepted.evidences[1]?.file ?? '';
		expect(file).toMatch(/\/cwd\/demo\/evidence-\d+-accept\.xml$/);
		const verified = await fefaent(['verify', file, '--json']);
		expect(verified.json()).toMatchObject({ valid: true, level: 'B-T', test: true });

		const offline = await fefaent(['verify', file, '--trust', world.folder.join('data', 'trust', 'test-authority.pem')], {
			FEFAENT_ADMIN_PORT: '1',
		});
		expect(offline).toMatchObject({ code: 0, out: expect.stringMatching(/^valid +yes$/m) });

		const forged = world.folder.join('forged.xml');
		writeFileSync(forged, readFileSync(file, 'utf8').replace('12345678Z', '12345679S'));
		const refused = await fefaent(['verify', forged]);
		expect(refused.code).toBe(1);
		expect(refused.err.trimEnd().split('\n').at(-1)).toMatch(/^fefaent: .* is not valid: /);

		expect((await world.call('GET', '/admin/v1/endpoints')).body).toEqual({ items: [] });
	});

	test('stops at the first step that does not hold, and says why', async () => {
		const nobody = await fefaent(['demo', '--issuer', 'NOPE']);
		expect(nobody).toMatchObject({ code: 1, out: '', err: 'fefaent: no issuer has the code NOPE (ISSUER_UNKNOWN)\n' });
		const deaf = await fefaent(['demo', '--public', `http://127.0.0.1:${await freePort()}`]);
		expect(deaf.code).toBe(1);
		expect(deaf.err).toMatch(/^fefaent: the public faces at \S+ cannot be reached\n$/);
		expect((await world.call('GET', '/admin/v1/endpoints')).body).toEqual({ items: [] });
	});
});

describe('results', () => {
	test('are read by people, or by programs where asked', async () => {
		expect((await fefaent(['issuer', 'list'])).out).toMatch(/^code +name .*\nDEMO +Ajuntament de Demostració/);
		expect((await fefaent(['issuer', 'list', '--json'])).json<object[]>()).toHaveLength(1);
		expect((await fefaent(['--json', 'clock', 'show'])).json()).toMatchObject({ movable: true });
	});

	test('of a key are the key alone, so that a script can take it', async () => {
		const made = await fefaent(['key', 'create', '--issuer', 'DEMO', '--label', 'script']);
		expect(made.out).toMatch(/^fef_[0-9a-f]{16}_[\w-]{43}\n$/);
		const [, id = ''] = made.out.split('_');
		expect((await fefaent(['key', 'revoke', id])).out).toMatch(/^revokedAt/m);
	});

	test.each([
		['issuer set', ['issuer', 'set', 'DEMO', '--expiry-days', '15'], /^defaultExpiryDays +15$/m],
		['administrations', ['administrations', 'list'], /^S0811001G /m],
		['template list', ['template', 'list', '--issuer', 'DEMO'], /^email +first +ca +built in /m],
		['template preview', ['template', 'preview', 'sms', 'first', 'en'], /\w/],
		['outbox', ['outbox', 'sms', '--limit', '1'], /\+34600123456/],
		['redrive', ['redrive', 'dead-letters'], /: 0$/m],
		['timeline', ['notification', 'timeline', '1'], / {2}accepted {2}/],
		['traces where there are none', ['trace', '1'], /^no call of it was traced: .*\n\nwhen [\s\S]* {2}accepted\n/m],
		['log', ['log', '1'], / 200$/m],
		['config', ['config'], /^standalone +FEFAENT_DATA_DIR /m],
		['status', ['status'], /^ready +yes$/m],
	])('of %s are shown', async (_, args, expected) => {
		const ran = await fefaent(args);
		expect([ran.code, ran.err]).toEqual([0, '']);
		expect(ran.out).toMatch(expected);
	});

	test('an endpoint is added with a secret from a file, listed and removed', async () => {
		const file = world.folder.join('token');
		writeFileSync(file, 's3cret-t0ken\n');
		const made = await fefaent(['endpoint', 'add', 'DEMO', 'https://issuer.example/x', '--form', 'json', '--token-file', file, '--json']);
		const { id } = made.json<{ id: string }>();
		const listed = await fefaent(['endpoint', 'list']);
		expect(listed.out).toMatch(new RegExp(`^${id} +DEMO +json +https://issuer.example/x +bearer +yes`, 'm'));
		expect((await fefaent(['endpoint', 'remove', id])).code).toBe(0);
	});
});

describe('failures are one line and no success', () => {
	test.each([
		['an unknown command', ['nonsense'], 2],
		['a missing argument', ['notification', 'show'], 2],
		['an option that is no number', ['notification', 'list', '--limit', 'ten'], 2],
		['a choice that is none', ['evidence', 'get', '1', '--reason', 'burn', '--out', 'x'], 2],
		['two credentials', ['endpoint', 'add', 'DEMO', 'https://x.example', '--username', 'u', '--token-file', 'f'], 2],
		['an id that is none', ['notification', 'show', 'abc'], 1],
		['what is unknown', ['notification', 'timeline', '99999'], 1],
		['a file that is not there', ['verify', '/nowhere/evidence.xml'], 1],
		['an address that nobody answers', ['status', '--admin', 'http://127.0.0.1:1'], 1],
		['an address that is none', ['status', '--admin', 'nowhere'], 2],
	])('%s', async (_, args, code) => {
		const ran = await fefaent(args);
		expect(ran).toMatchObject({ code, out: '' });
		const lines = ran.err.trimEnd().split('\n');
		expect(lines.at(-1)).toMatch(/^fefaent: \S/);
		expect(lines.filter((line) => line.startsWith('fefaent:'))).toHaveLength(1);
		expect(ran.err).not.toMatch(/\n\s+at /);
	});
});
