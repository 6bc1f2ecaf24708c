// Measures the product in one run on one machine and writes bench/README.md:   npm run bench [-- --quick]
// The load generator shares the two cores with what it measures, so ratios against the baselines of the same run are what counts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { childService } from '@fefaent/testing';
import { startStandaloneProcess } from '../test/support/process.ts';
import { createRequest, envelope, nif } from '../test/support/requests.ts';
import { createdIds } from '../test/support/soap.ts';
import { fullLives } from './lives.ts';
import { type LoadResult, load } from './load.ts';
import { markdownTable, rate } from './report.ts';
import { rawSigner } from './signer.ts';

const quick = process.argv.includes('--quick');
const creates = quick ? 8_000 : 20_000;
/** What it takes until the compilers of the engine have settled. */
const warmUp = 8_000;
const batches = quick ? 50 : 200;
const lives = quick ? 1_000 : 3_000;
const path = '/soap/enotum-lite';

/** One row of the report. */
interface Row {
	readonly what: string;
	readonly measured: string;
	readonly baseline: string;
	readonly ratio: string;
	readonly aim: string;
}

const rows: Row[] = [];
const oneCreate = (n: number) => envelope(createRequest([{ issuerReference: `b-${n}`, nif: nif(n) }]));
const times = ({ p50, p99 }: LoadResult) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;

/** Resident memory in MB. */
const resident = (pid: number) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

const expectCreated = (count: number) => (status: number, body: string) => {
	const ids = createdIds(body);
	if (status !== 200 || ids.length !== count || ids.some(Number.isNaN)) throw new Error(`${status}: ${body.slice(0, 300)}`);
};

async function withStandalone<T>(
	run: (fefaent: Awaited<ReturnType<typeof startStandaloneProcess>>, startMs: number) => Promise<T>,
): Promise<T> {
	const dataDir = mkdtempSync(join(tmpdir(), 'fefaent-bench-'));
	// A first start makes keys; what is measured is a warm one.
	const first = await startStandaloneProcess({ dataDir });
	first.child.kill('SIGTERM');
	await first.child.waitExit(20_000);
	const from = performance.now();
	const fefaent = await startStandaloneProcess({ dataDir });
	const startMs = performance.now() - from;
	try {
		return await run(fefaent, startMs);
	} finally {
		fefaent.child.kill('SIGTERM');
		await fefaent.child.waitExit(30_000);
		rmSync(dataDir, { recursive: true, force: true });
	}
}

async function startUp(): Promise<void> {
	await withStandalone(async ({ child }, startMs) => {
		await new Promise((resolve) => setTimeout(resolve, 3_000));
		rows.push({
			what: 'standalone, warm start to ready',
			measured: `${(startMs / 1_000).toFixed(2)} s`,
			baseline: '',
			ratio: '',
			aim: '< 2 s',
		});
		rows.push({ what: 'standalone, resident at rest', measured: `${resident(child.pid)} MB`, baseline: '', ratio: '', aim: '< 200 MB' });
	});
}

async function singleCreates(): Promise<void> {
	const server = await childService({ file: join(import.meta.dirname, 'baseline-server.ts'), ready: /baseline is ready: (\S+)/ });
	const options = { path, body: oneCreate, inFlight: 64 };
	const bare = {
		...options,
		url: server.ready?.[1] ?? '',
		check: (status: number) => void (status !== 200 && fail(`the baseline answered ${status}`)),
	};
	await load({ ...bare, requests: warmUp });
	const baseline = await load({ ...bare, requests: creates });
	server.kill('SIGKILL');
	await server.waitExit();
	await withStandalone(async (fefaent) => {
		const check = expectCreated(1);
		await load({ ...options, url: fefaent.publicUrl, requests: warmUp, check, body: (n) => oneCreate(1_000_000 + n) });
		await fefaent.settle();
		const from = performance.now();
		const accepts = await load({ ...options, url: fefaent.publicUrl, requests: creates, check });
		rows.push({
			what: 'durable single creates over SOAP, 64 in flight, while they are deposited, noticed and sealed',
			measured: `${rate(accepts.perSecond)}, ${times(accepts)}`,
			baseline: `bare http + parse + XSD: ${rate(baseline.perSecond)}, ${times(baseline)}`,
			ratio: (accepts.perSecond / baseline.perSecond).toFixed(2),
			aim: '≥ 3,000/s, p99 ≤ 50 ms',
		});
		await fefaent.settle();
		rows.push({
			what: 'the same, until the last of them is deposited, noticed and sealed, too',
			measured: rate((creates * 1_000) / (performance.now() - from)),
			baseline: '',
			ratio: '',
			aim: '',
		});
	});
}

async function batchesToSealed(): Promise<void> {
	const signer = await rawSigner(quick ? 2_000 : 10_000);
	await withStandalone(async (fefaent) => {
		const run = async (name: string, requests: number) => {
			const draft = (n: number, index: number) => ({ issuerReference: `${name}-${n}-${index}`, nif: nif(index), firstNotice: false });
			await load({
				url: fefaent.publicUrl,
				path,
				requests,
				inFlight: 4,
				body: (n) => envelope(createRequest(Array.from({ length: 100 }, (_, index) => draft(n, index)))),
				check: expectCreated(100),
			});
			await fefaent.settle();
		};
		await run('w', warmUp / 200);
		const from = performance.now();
		await run('s', batches);
		const perSecond = (batches * 100 * 1_000) / (performance.now() - from);
		rows.push({
			what: 'batches of 100: create to sealed (XAdES B-T) and stored evidence',
			measured: `${rate(perSecond)}`,
			baseline: `raw P-256 signatures, one thread: ${rate(signer)}`,
			ratio: (perSecond / signer).toFixed(3),
			aim: '≥ 1,500/s',
		});
	});
}

async function wholeLives(): Promise<void> {
	await withStandalone(async (fefaent) => {
		await fullLives(fefaent, warmUp / 10);
		const seconds = await fullLives(fefaent, lives);
		rows.push({
			what: 'full lives: create, deposit, e-mail and SMS recorded, callback, accept, callback; two evidences each',
			measured: rate(lives / seconds),
			baseline: '',
			ratio: '',
			aim: '≥ 300/s',
		});
	});
}

function fail(message: string): never {
	throw new Error(message);
}

for (const part of [startUp, singleCreates, batchesToSealed, wholeLives]) {
	console.log(`measuring: ${part.name}`);
	const before = rows.length;
	await part();
	console.log(rows.slice(before));
}

const { model = 'unknown' } = cpus()[0] ?? {};
const table = markdownTable(
	['what', 'measured', 'baseline of the same run', 'ratio', 'aim'],
	rows.map((row) => [row.what, row.measured, row.baseline, row.ratio, row.aim]),
);
const report = `# Benchmarks

\`npm run bench\` measures everything in one run and writes this page. The load generator shares the cores with what it measures and the machine is
shared with others, so the ratios against the baselines of the same run are what counts, not the absolute figures.

Measured on ${cpus().length} cores (${model.trim()}), Node ${process.versions.node}${quick ? ', quick run' : ''}.

${table}

Standalone beside one process per service: [distributed/README.md](distributed/README.md).
`;
if (quick) console.log(report);
else writeFileSync(join(import.meta.dirname, 'README.md'), report);
