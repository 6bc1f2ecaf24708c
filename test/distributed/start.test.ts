// What a service's process says of its settings before it has any engine.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { childService, temporaryFolder, testAuthority } from '@fefaent/testing';
import { expect, it } from 'vitest';

const nowhere = {
	FEFAENT_MONGO_URL: 'mongodb://127.0.0.1:1/?replicaSet=rs0',
	FEFAENT_KAFKA_BROKERS: '127.0.0.1:1',
	FEFAENT_HEALTH_PORT: '0',
	FEFAENT_GRPC_PORT: '0',
};
const start = (env: Readonly<Record<string, string>>) =>
	childService({ file: new URL('../../services/evidence/src/main.ts', import.meta.url).pathname, env: { ...nowhere, ...env } });

it('a process with certificates of another service refuses to start, and says why', async () => {
	await using folder = temporaryFolder();
	const authority = await testAuthority();
	const { cert, key } = await authority.issue(['notifier']);
	for (const [file, pem] of [
		['ca.pem', authority.ca.cert],
		['cert.pem', cert],
		['key.pem', key],
	] as const)
		writeFileSync(folder.join(file), pem);
	await using evidence = await start({ FEFAENT_TLS_FOLDER: folder.path });
	expect(await evidence.waitExit(20_000)).toEqual({ code: 2, signal: null });
	expect(evidence.output()).toContain(
		`evidence cannot start: the certificates in ${folder.path} cannot be used: cert.pem does not name evidence`,
	);
});

it('a process that others can reach without TLS warns', async () => {
	await using open = await start({ FEFAENT_GRPC_HOST: '0.0.0.0' });
	await open.waitLine(/"host":"0\.0\.0\.0".*neither encrypted nor proved/, 20_000);
});

it('a process whose port is taken says so at once, without waiting for engines', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	const { port } = other.address() as { port: number };
	await using evidence = await start({ FEFAENT_GRPC_PORT: String(port) });
	expect(await evidence.waitExit(20_000)).toEqual({ code: 2, signal: null });
	expect(evidence.output()).toMatch(new RegExp(`evidence cannot start: .*${port}`));
	other.close();
});

it('a process that would tell a password in the clear warns, and does not tell it to the log', async () => {
	const sasl = { FEFAENT_KAFKA_SASL_MECHANISM: 'plain', FEFAENT_KAFKA_SASL_USERNAME: 'me', FEFAENT_KAFKA_SASL_PASSWORD: 'hunter2' };
	await using clear = await start(sasl);
	await clear.waitLine(/"brokers":\["127\.0\.0\.1:1"\].*password for Kafka goes over the network in the clear/, 20_000);
	expect(clear.output()).not.toContain('hunter2');
});
