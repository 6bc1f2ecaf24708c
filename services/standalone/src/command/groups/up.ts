import { once } from 'node:events';
import { resolve } from 'node:path';
import { exitCodes } from '@fefaent/service-kit';
import { type Command, Option } from 'commander';
import { adminClient } from '../client.ts';
import { wholeNumber } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { consoleOutput, table } from '../output.ts';
import { makeTestCertificates } from '../up/certificates.ts';
import { planOf, serviceNames } from '../up/plan.ts';
import { Supervisor } from '../up/supervisor.ts';

interface Options {
	readonly mongo: string;
	readonly kafka: string;
	readonly replicas: number;
	readonly grpcPort: number;
	readonly publicPort: number;
	readonly adminPort: number;
	readonly tls?: true;
	readonly sandbox?: true;
}

/** Adds `fefaent up`. */
export function upCommand(program: Command): void {
	program
		.command('up')
		.description(
			'start every service as a process of its own on this machine, against a MongoDB and a Kafka that are there; ends with Ctrl-C',
		)
		.addOption(new Option('--mongo <url>', 'MongoDB, a replica set').env('MONGO_URL').default('mongodb://127.0.0.1:27017/?replicaSet=rs0'))
		.addOption(
			new Option('--kafka <brokers>', 'some brokers, host:port, separated by commas').env('KAFKA_BROKERS').default('127.0.0.1:9092'),
		)
		.option('--replicas <number>', 'processes of each service', wholeNumber, 1)
		// Below the ephemeral range, where the connection of another process could take the port of one that is being started again.
		.option('--grpc-port <port>', 'first of the ports that services call each other at', wholeNumber, 15_051)
		.option('--public-port <port>', 'port of the public faces', wholeNumber, Number(process.env.FEFAENT_PUBLIC_PORT || 8080))
		.option('--admin-port <port>', 'port of the admin API', wholeNumber, Number(process.env.FEFAENT_ADMIN_PORT || 8081))
		.option('--tls', 'have services call each other over mutual TLS, with test certificates made in the data folder')
		.option('--sandbox', 'let time be moved ahead (`fefaent clock advance`); the databases are of no use without it afterwards')
		.action(async ({ mongo, kafka, tls, ...options }: Options) => {
			const certificates = tls && resolve(process.env.FEFAENT_DATA_DIR || './data', 'services-tls');
			await up({ ...options, mongoUrl: mongo, kafkaBrokers: kafka, certificates });
		});
}

async function up(options: Parameters<typeof planOf>[0]): Promise<void> {
	const output = consoleOutput(false);
	if (options.replicas < 1 || options.replicas > 9) throw new CommandFailure('between 1 and 9 replicas', 2);
	if (options.certificates !== undefined) await makeTestCertificates(options.certificates, serviceNames);
	const supervisors: Supervisor[] = [];
	const stopping = new AbortController();
	// A terminal that is closed says SIGHUP: the processes, in groups of their own, would not hear of it.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => {
			if (stopping.signal.aborted) cut(supervisors);
			stopping.abort();
		});
	const told = once(stopping.signal, 'abort');
	const plan = planOf(options, process.env);
	const width = Math.max(...plan.map(({ name }) => name.length));
	try {
		// The first of each service makes what the others find: keys, schemas, topics.
		for (let replica = 0; replica < options.replicas && !stopping.signal.aborted; replica++) {
			const first = supervisors.length;
			const processes = plan.slice(first, first + plan.length / options.replicas);
			for (const planned of processes)
				supervisors.push(new Supervisor({ planned, say: (line) => output.progress(`${planned.name.padEnd(width)} | ${line}`) }));
			await Promise.race([Promise.all(supervisors.slice(first).map((one) => one.ready)), told]);
		}
		if (!stopping.signal.aborted) {
			const adminUrl = `http://127.0.0.1:${options.adminPort}`;
			await registerDemoIssuer(adminUrl);
			const rows = await Promise.all(supervisors.map(async (one) => [one.name, one.pid ?? '', await one.ready]));
			process.stdout.write(`\n${table(['process', 'pid', 'addresses'], rows)}\n\n`);
			process.stdout.write(`Fefaent is up: http://127.0.0.1:${options.publicPort} (admin ${adminUrl})\n`);
			await told;
		}
	} catch (error) {
		throw new CommandFailure(error instanceof Error ? error.message : String(error), 1, { cause: error });
	} finally {
		// Those that are called last: the gateway first, so that nothing comes in while the others drain.
		for (const one of supervisors.filter(({ name }) => name.startsWith('gateway'))) await one.stop();
		await Promise.all(supervisors.map((one) => one.stop()));
	}
}

/** What a second signal asks for. Nothing is lost by it. */
function cut(supervisors: readonly Supervisor[]): never {
	for (const one of supervisors) one.kill();
	process.exit(exitCodes.forced);
}

/** The issuer of the quickstart, unless it is there. */
async function registerDemoIssuer(adminUrl: string): Promise<void> {
	const admin = adminClient(adminUrl, process.env.FEFAENT_ADMIN_TOKEN);
	await admin.send('POST', '/admin/v1/issuers', { code: 'DEMO', name: 'Ens de demostració' }).catch((error: unknown) => {
		if (!(error instanceof Error && error.message.includes('ISSUER_EXISTS'))) throw error;
	});
}
