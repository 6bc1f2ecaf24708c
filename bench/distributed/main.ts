// Measures both ways of running in one run on one machine and writes bench/distributed/README.md:   npm run bench:distributed [-- --quick]
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '../../test/engines/start.ts';
import { markdownTable, rate } from '../report.ts';
import { openEngineCounters } from './counters.ts';
import { type Measured, startDistributed, startStandalone } from './installation.ts';
import { grpcCallsPerLife, measureRound, type Round } from './measure.ts';
import { replaceSection } from './section.ts';

const quick = process.argv.includes('--quick');
const amount = quick ? { creates: 2_000, lives: 400 } : { creates: 8_000, lives: 2_000 };
const rounds = quick ? 1 : 2;

const engines = startEngines();
process.on('exit', () => engines.stop());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
Object.assign(process.env, engines.env);
await using counters = await openEngineCounters(engines.env.MONGO_URL, engines.env.KAFKA_BROKERS);

const ways = { standalone: startStandalone, distributed: startDistributed };
type Way = keyof typeof ways;
const measured: Record<Way, Round[]> = { standalone: [], distributed: [] };
// One after the other in turns, so that a machine that gets slower is no fault of one of them.
for (let round = 1; round <= rounds; round++) {
	for (const way of Object.keys(ways) as Way[]) {
		console.log(`measuring ${way}, round ${round} of ${rounds}`);
		await using fefaent: Measured = await ways[way]();
		const result = await measureRound(fefaent, counters, amount);
		console.log(result);
		measured[way].push(result);
	}
}
console.log('counting calls between services');
const calls = await grpcCallsPerLife(quick ? 100 : 300);

const mean = (way: Way, of: (round: Round) => number) => measured[way].reduce((sum, one) => sum + of(one), 0) / measured[way].length;
const row = (what: string, of: (round: Round) => number, show: (value: number) => string, onlyDistributed = false) => {
	const [alone, apart] = [mean('standalone', of), mean('distributed', of)];
	return [what, onlyDistributed ? '-' : show(alone), show(apart), onlyDistributed ? '' : (apart / alone).toFixed(2)];
};
const ms = (value: number) => `${value.toFixed(1)} ms`;
const number = (value: number) => value.toFixed(1);
const grpc = [...calls.values()].reduce((sum, one) => sum + one, 0);
const table = markdownTable(
	['what', 'standalone', 'distributed', 'ratio'],
	[
		row('durable single creates over SOAP, 64 in flight', ({ creates }) => creates.perSecond, rate),
		row('the same: p50', ({ creates }) => creates.p50, ms),
		row('the same: p99', ({ creates }) => creates.p99, ms),
		row('the same, until the last is deposited', (round) => round.depositedPerSecond, rate),
		row('full lives: create, deposit, notices, callback, accept, callback', (round) => round.livesPerSecond, rate),
		row('processor time for a life, all processes of Fefaent', ({ cpuMs }) => cpuMs.product, ms),
		row('processor time for a life, mongod', ({ cpuMs }) => cpuMs.mongod, ms, true),
		row('processor time for a life, Kafka', ({ cpuMs }) => cpuMs.kafka, ms, true),
		row('requests to MongoDB for a life', (round) => round.mongoRequests, number, true),
		row('kB to and from MongoDB for a life', (round) => round.mongoKb, number, true),
		row('records on Kafka for a life', (round) => round.kafkaRecords, number, true),
		['gRPC calls between services for a life', '-', number(grpc), ''],
		row(
			'resident memory after the work, all processes',
			(round) => round.residentMb,
			(value) => `${Math.round(value)} MB`,
		),
	],
);
const callTable = markdownTable(
	['method', 'calls for a life'],
	[...calls].sort(([, one], [, other]) => other - one).map(([method, count]) => [`\`${method}\``, count.toFixed(2)]),
);
const { model = 'unknown' } = cpus()[0] ?? {};
const section = `Measured on ${cpus().length} cores (${model.trim()}), Node ${process.versions.node}, Kafka and MongoDB from ${engines.from}; means of ${rounds} rounds in turns, ${amount.creates} creates and ${amount.lives} lives each.

${table}

${callTable}`;
const page = join(import.meta.dirname, 'README.md');
if (quick) console.log(section);
else writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'comparison', section));
