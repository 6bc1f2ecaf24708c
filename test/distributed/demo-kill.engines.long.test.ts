// What an operator tries first: the demo plays against `fefaent up` while a service's process is killed, and still ends well.
import { basename } from 'node:path';
import { removeTopics } from '@fefaent/event-bus/kafka';
import { type ChildService, childService, eventually, removeMongoTestDatabases, temporaryFolder } from '@fefaent/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminCaller } from '../support/process.ts';
import { processNames } from './house.ts';
import { freePorts } from './installation.ts';

const file = new URL('../../services/standalone/src/command/main.ts', import.meta.url).pathname;
const folder = temporaryFolder();
const prefix = `${basename(folder.path)}.`;
const env = {
	FEFAENT_DATA_DIR: folder.join('data'),
	FEFAENT_MONGO_DATABASE_PREFIX: prefix.replaceAll('.', '-'),
	FEFAENT_KAFKA_PREFIX: prefix,
	FEFAENT_KAFKA_PARTITIONS: '3',
};
let up: ChildService;
let adminUrl: string;

beforeAll(async () => {
	const base = await freePorts(8);
	adminUrl = `http://127.0.0.1:${base + 7}`;
	up = await childService({
		file,
		args: ['up', '--grpc-port', `${base}`, '--public-port', `${base + 6}`, '--admin-port', `${base + 7}`],
		env,
		ready: /Fefaent is up/,
		readyTimeoutMs: 120_000,
	});
}, 150_000);

afterAll(async () => {
	up?.kill('SIGTERM');
	await up?.waitExit(60_000);
	await Promise.all([
		removeTopics({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'fefaent-test' }, prefix),
		removeMongoTestDatabases(prefix),
	]);
	await folder.remove();
}, 90_000);

/** Process ids of a service in the order in which they were started: the table says the first, the log each later one. */
function pidOf(service: string): number {
	const again = [...up.output().matchAll(new RegExp(`^${service} +\\| started again as process (\\d+)$`, 'gm'))].at(-1)?.[1];
	const first = new RegExp(`^${service} +(\\d+) `, 'm').exec(up.output())?.[1];
	return Number(again ?? first);
}

/** Where in the demo the kill comes: before its first request, once it has created, and once its notification is deposited. */
const moments = [/wants to be told/, /created notification/, /was deposited/];

test.each(processNames.map((service, index) => [service, moments[index % moments.length] as RegExp] as const))(
	'%s killed at %s: it is started again, and the demo ends well',
	async (service, moment) => {
		await using demo = await childService({ file, args: ['--admin', adminUrl, 'demo', '--patience', '90'], env, cwd: folder.path });
		await demo.waitLine(moment, 90_000);
		const pid = pidOf(service);
		process.kill(pid, 'SIGKILL');
		expect(await demo.waitExit(180_000), demo.output()).toEqual({ code: 0, signal: null });
		expect(demo.output()).toContain('all held');
		await eventually(() => expect(pidOf(service)).not.toBe(pid), { timeoutMs: 30_000 });
		expect(up.output()).toMatch(new RegExp(`^${service} +\\| ended \\(SIGKILL\\): it is started again in \\d`, 'm'));
		// The demo takes its endpoint away again, also when it had to ask twice.
		expect(await adminCaller(adminUrl)('GET', '/admin/v1/endpoints')).toMatchObject({ items: [] });
		await eventually(async () => expect(await adminCaller(adminUrl)('GET', '/admin/v1/status')).toMatchObject({ ready: true }), {
			timeoutMs: 90_000,
			everyMs: 200,
		});
	},
);
