// The command as an operator uses it: everything up over mutual TLS, and the demo succeeds.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { removeTopics } from '@fefaent/event-bus/kafka';
import { childService, removeMongoTestDatabases, temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { freePorts } from './installation.ts';

const file = new URL('../../services/standalone/src/command/main.ts', import.meta.url).pathname;

it('fefaent up --tls makes certificates, and the demo succeeds over them', async () => {
	await using folder = temporaryFolder();
	const prefix = `${basename(folder.path)}.`;
	const base = await freePorts(8);
	const env = {
		FEFAENT_DATA_DIR: folder.join('data'),
		FEFAENT_MONGO_DATABASE_PREFIX: prefix.replaceAll('.', '-'),
		FEFAENT_KAFKA_PREFIX: prefix,
		FEFAENT_KAFKA_PARTITIONS: '3',
	};
	try {
		await using up = await childService({
			file,
			args: ['up', '--tls', '--grpc-port', `${base}`, '--public-port', `${base + 6}`, '--admin-port', `${base + 7}`],
			env,
			ready: /Fefaent is up/,
			readyTimeoutMs: 120_000,
		});
		const demo = await childService({ file, args: ['--admin', `http://127.0.0.1:${base + 7}`, 'demo'], env, cwd: folder.path });
		expect(await demo.waitExit(90_000), demo.output()).toEqual({ code: 0, signal: null });
		expect(up.output()).not.toMatch(/a call was refused|neither encrypted/);
		expect(statSync(folder.join('data', 'services-tls', 'notification', 'key.pem')).mode & 0o077).toBe(0);
		up.kill('SIGTERM');
		expect((await up.waitExit(60_000)).code).toBe(0);
	} finally {
		await Promise.all([
			removeTopics({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'fefaent-test' }, prefix),
			removeMongoTestDatabases(prefix),
		]);
	}
});
