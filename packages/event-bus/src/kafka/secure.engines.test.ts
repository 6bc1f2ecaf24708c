import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import { describe, expect, test } from 'vitest';
import { allDone, eventually, text } from '../conformance/kit.ts';
import { checkBrokers, type KafkaConnection, type KafkaSasl, migrateTopics, openKafkaBus, removeTopics } from './index.ts';

const { KAFKA_SECURE: broker = '', KAFKA_SECURE_TLS: folder = '' } = process.env;
const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
const login = (mechanism: KafkaSasl['mechanism'], password = 'secret') => ({ mechanism, username: 'fefaent', password });
const connectionBy = (sasl: KafkaSasl | undefined, ssl: KafkaConnection['ssl'] = files): KafkaConnection => ({
	brokers: [broker],
	clientId: 'fefaent-test',
	ssl,
	...(sasl && { sasl }),
});
const wanted = (connection: KafkaConnection, name: string) => ({
	connection,
	topics: [{ name, groups: ['g'] }],
	partitions: 1,
	replicationFactor: 1,
	retentionMs: -1,
	minInsyncReplicas: 1,
});

describe.skipIf(!broker)('a broker with mutual TLS and SASL (needs KAFKA_SECURE, see test/engines)', () => {
	test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('is logged in to by %s, and carries events', async (mechanism) => {
		const connection = connectionBy(login(mechanism));
		const topic = `secure.${randomUUID()}`;
		const options = wanted(connection, topic);
		await migrateTopics(options);
		const bus = openKafkaBus({ connection, topics: options.topics, clock: systemClock, onError: () => {} });
		try {
			const got: string[] = [];
			const handle = async (batch: Parameters<typeof allDone>[0]) => {
				got.push(...batch.map(text));
				return allDone(batch);
			};
			bus.follow({ topics: [topic], group: 'g', handle });
			const at = new Date();
			await bus.publish([{ id: uuidv7(at), topic, key: 'k', type: 'x', at, headers: {}, body: Buffer.from('hello') }]);
			await eventually('the event', () => got.includes('hello'), 30_000);
		} finally {
			await bus.close();
			await removeTopics(connection, topic);
		}
	});

	test('takes up renewed files at its next connection, and outlives files that do not go together', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'fefaent-kafka-tls-'));
		const own = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
		const topic = `secure.${randomUUID()}`;
		const sasl = login('scram-sha-256');
		const options = wanted(connectionBy(sasl), topic);
		await migrateTopics(options);
		for (const name of ['ca', 'cert', 'key'] as const) copyFileSync(files[name], own[name]);
		// A certificate that the key is not of, as in the middle of a renewal.
		copyFileSync(files.ca, own.cert);
		const bus = openKafkaBus({ connection: connectionBy(sasl, own), topics: options.topics, clock: systemClock, onError: () => {} });
		try {
			await expect(bus.ping()).rejects.toThrow(/key values mismatch/i);
			copyFileSync(files.cert, own.cert);
			await bus.ping();
			const at = new Date();
			await bus.publish([{ id: uuidv7(at), topic, key: 'k', type: 'x', at, headers: {}, body: Buffer.from('hello') }]);
		} finally {
			await bus.close();
			await removeTopics(options.connection, topic);
			rmSync(folder, { recursive: true });
		}
	});

	test.each(['plain', 'scram-sha-512'] as const)('refuses a wrong password by %s in words that do not hold it', async (mechanism) => {
		const error = await migrateTopics(wanted(connectionBy(login(mechanism, 'hunter2')), 'x')).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ reason: 'BUS_UNFIT', retryable: false, message: expect.stringContaining('are not accepted') });
		expect((error as Error).stack).not.toContain('hunter2');
	});

	test.each<[string, KafkaConnection['ssl'], RegExp]>([
		['the authority is not known', { cert: files.cert, key: files.key }, /unable to|self-signed/],
		['no certificate is shown', { ca: files.ca }, /certificate required|closed the connection|ECONNRESET|disconnected|alert/],
	])('is not used when %s', async (_, ssl, told) => {
		const connection = connectionBy(login('plain'), ssl);
		await expect(migrateTopics(wanted(connection, 'x'))).rejects.toThrow();
		await expect(checkBrokers(connection)).rejects.toThrow(told);
	});

	test('tells what it can be asked for before anybody has logged in', async () => {
		await expect(checkBrokers(connectionBy(login('plain', 'wrong')))).resolves.toBeUndefined();
	});
});

describe('topics on a cluster that is not fit', () => {
	const connection = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'fefaent-test' };

	test('the brokers of the suite are fit', async () => {
		await expect(checkBrokers(connection)).resolves.toBeUndefined();
	});

	test('more copies than brokers: says how many of each, and is worth another try', async () => {
		const options = { ...wanted(connection, `unfit.${randomUUID()}`), replicationFactor: 3, minInsyncReplicas: 2 };
		await expect(migrateTopics(options)).rejects.toMatchObject({
			reason: 'BUS_BROKERS_MISSING',
			retryable: true,
			message: expect.stringContaining('1 brokers, and topics are to have 3 copies'),
		});
	});

	test('a topic that nothing can be written to is told by name', async () => {
		const options = { ...wanted(connection, `unfit.${randomUUID()}`), minInsyncReplicas: 2 };
		const [topic = ''] = (await migrateTopics(options)).created;
		try {
			await expect(migrateTopics(options)).rejects.toMatchObject({
				reason: 'BUS_UNFIT',
				message: expect.stringContaining(`${topic} has 1 copies and min.insync.replicas of 2`),
			});
		} finally {
			await removeTopics(connection, topic);
		}
	});
});
