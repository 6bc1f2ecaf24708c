// What an operator tries first: the demo plays against `fefaent up` while a service's process is killed, and still ends well.
import { childService, eventually, temporaryFolder } from '@fefaent/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminCaller } from '../support/process.ts';
import { processNames } from './house.ts';
import { commandFile as file, type RunningUp, startUp } from './up.ts';

const folder = temporaryFolder();
let up: RunningUp;

beforeAll(async () => {
	up = await startUp(folder);
}, 150_000);

afterAll(async () => {
	await up?.[Symbol.asyncDispose]();
	await folder.remove();
}, 90_000);

/** Where in the demo the kill comes: before its first request, once it has created, and once its notification is deposited. */
const moments = [/wants to be told/, /created notification/, /was deposited/];

test.each(processNames.map((service, index) => [service, moments[index % moments.length] as RegExp] as const))(
	'%s killed at %s: it is started again, and the demo ends well',
	async (service, moment) => {
		const { child, adminUrl, env, pidOf } = up;
		await using demo = await childService({ file, args: ['--admin', adminUrl, 'demo', '--patience', '90'], env, cwd: folder.path });
		await demo.waitLine(moment, 90_000);
		const pid = pidOf(service);
		process.kill(pid, 'SIGKILL');
		expect(await demo.waitExit(180_000), demo.output()).toEqual({ code: 0, signal: null });
		expect(demo.output()).toContain('all held');
		await eventually(() => expect(pidOf(service)).not.toBe(pid), { timeoutMs: 30_000 });
		expect(child.output()).toMatch(new RegExp(`^${service} +\\| ended \\(SIGKILL\\): it is started again in \\d`, 'm'));
		// The demo takes its endpoint away again, also when it had to ask twice.
		expect(await adminCaller(adminUrl)('GET', '/admin/v1/endpoints')).toMatchObject({ items: [] });
		await eventually(async () => expect(await adminCaller(adminUrl)('GET', '/admin/v1/status')).toMatchObject({ ready: true }), {
			timeoutMs: 90_000,
			everyMs: 200,
		});
	},
);
