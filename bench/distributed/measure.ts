import { eventually, startHttpRecorder } from '@fefaent/testing';
import { createRequest, envelope, nif } from '../../test/support/requests.ts';
import { createdIds } from '../../test/support/soap.ts';
import { spansOf } from '../../test/telemetry/otlp.ts';
import { fullLives } from '../lives.ts';
import { type LoadResult, load } from '../load.ts';
import { cpuSeconds, type EngineCounters, residentMb } from './counters.ts';
import { type Measured, startDistributed } from './installation.ts';

/** How much is done. */
export interface Amount {
	readonly creates: number;
	readonly lives: number;
}

/** One round of one way of running. */
export interface Round {
	readonly creates: LoadResult;
	/** Notifications deposited in a second, from the first create to the last deposit. */
	readonly depositedPerSecond: number;
	readonly livesPerSecond: number;
	/** Milliseconds of processor time for one life: of the product's processes, and of each engine. */
	readonly cpuMs: Readonly<Record<'product' | 'mongod' | 'kafka', number>>;
	/** For one life. */
	readonly mongoRequests: number;
	readonly mongoKb: number;
	readonly kafkaRecords: number;
	/** Resident memory of all processes together after the work, in MB. */
	readonly residentMb: number;
}

let references = 0;

/** Measures one round after a warm-up that is not counted. */
export async function measureRound(fefaent: Measured, engines: EngineCounters, { creates, lives }: Amount): Promise<Round> {
	await create(fefaent, Math.ceil(creates / 2));
	await deposited(fefaent);
	const from = performance.now();
	const accepted = await create(fefaent, creates);
	await deposited(fefaent);
	const depositedPerSecond = (creates * 1_000) / (performance.now() - from);

	await fullLives(fefaent, Math.ceil(lives / 4));
	const cpuBefore = cpu(fefaent, engines);
	const before = await engines.read();
	const seconds = await fullLives(fefaent, lives);
	const after = await engines.read();
	const cpuAfter = cpu(fefaent, engines);
	const perLife = (name: keyof typeof before) => (after[name] - before[name]) / lives;
	const cpuOf = (name: keyof typeof cpuBefore) => ((cpuAfter[name] - cpuBefore[name]) * 1_000) / lives;
	return {
		creates: accepted,
		depositedPerSecond,
		livesPerSecond: lives / seconds,
		cpuMs: { product: cpuOf('product'), mongod: cpuOf('mongod'), kafka: cpuOf('kafka') },
		mongoRequests: perLife('mongoRequests'),
		mongoKb: perLife('mongoBytes') / 1_024,
		kafkaRecords: perLife('kafkaRecords'),
		residentMb: [...fefaent.pids.values()].reduce((sum, pid) => sum + residentMb(pid), 0),
	};
}

/** How many calls services make to each other over gRPC for one life, by method: counted from the spans of a run that is not timed. */
export async function grpcCallsPerLife(lives: number): Promise<ReadonlyMap<string, number>> {
	const collector = await startHttpRecorder({ respond: () => ({ headers: { 'content-type': 'application/x-protobuf' } }) });
	const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_MAX_QUEUE_SIZE: '100000' };
	const fefaent = await startDistributed(settings);
	// Stopping is what has the last spans told.
	await fullLives(fefaent, lives).finally(() => fefaent[Symbol.asyncDispose]());
	const counts = new Map<string, number>();
	for (const { path, body } of collector.requests) {
		if (path !== '/v1/traces') continue;
		for (const { attributes } of spansOf(body)) {
			const method = attributes['rpc.method'];
			// What is told of its caller was answered: the client's own span of the same call is not counted.
			if (method === undefined || attributes['rpc.system.name'] === undefined || attributes['fefaent.caller'] === undefined) continue;
			const name = String(method).replace(/^.*\./, '');
			counts.set(name, (counts.get(name) ?? 0) + 1 / lives);
		}
	}
	await collector.close();
	return counts;
}

function create(fefaent: Measured, requests: number): Promise<LoadResult> {
	return load({
		url: fefaent.publicUrl,
		path: '/soap/enotum-lite',
		requests,
		inFlight: 64,
		body: () => {
			const n = ++references;
			return envelope(createRequest([{ issuerReference: `d-${n}`, nif: nif(n) }]));
		},
		check: (status, body) => {
			if (status !== 200 || !Number.isSafeInteger(createdIds(body)[0])) throw new Error(`${status}: ${body.slice(0, 300)}`);
		},
	});
}

/** Waits until every notification is deposited. */
async function deposited(fefaent: Measured): Promise<void> {
	const entered = async () => (await fefaent.admin<{ items: unknown[] }>('GET', '/admin/v1/notifications?state=entered&limit=1')).items;
	await eventually(async () => (await entered()).length === 0, { timeoutMs: 300_000, everyMs: 50 });
}

function cpu(fefaent: Measured, engines: EngineCounters): Record<'product' | 'mongod' | 'kafka', number> {
	const of = (pid: number | undefined) => (pid === undefined ? Number.NaN : cpuSeconds(pid));
	return {
		product: [...fefaent.pids.values()].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
		mongod: of(engines.pids.get('mongod')),
		kafka: of(engines.pids.get('kafka')),
	};
}
