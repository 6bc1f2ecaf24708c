// Whole lives on six processes for ten minutes: is memory flat in each?   npm run bench:soak [-- SECONDS]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngines } from '../../test/engines/start.ts';
import { fullLives } from '../lives.ts';
import { markdownTable } from '../report.ts';
import { residentMb } from './counters.ts';
import { startDistributed } from './installation.ts';
import { replaceSection } from './section.ts';

const usual = 600;
const seconds = Number(process.argv[2] ?? usual);
const livesAtOnce = 1_000;

const engines = startEngines();
process.on('exit', () => engines.stop());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
Object.assign(process.env, engines.env);

await using fefaent = await startDistributed();
const memory = new Map([...fefaent.pids.keys()].map((name) => [name, [] as number[]]));
const sampler = setInterval(() => {
	for (const [name, pid] of fefaent.pids) memory.get(name)?.push(residentMb(pid));
}, 1_000);
const from = performance.now();
const elapsed = () => (performance.now() - from) / 1_000;
let lives = 0;
while (elapsed() < seconds) {
	await fullLives(fefaent, livesAtOnce);
	lives += livesAtOnce;
	console.log(
		`${Math.round(elapsed())} s: ${lives} lives; MB: ${[...memory].map(([name, of]) => `${name} ${Math.round(of.at(-1) ?? 0)}`).join(', ')}`,
	);
}
clearInterval(sampler);

const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
const rows = [...memory].map(([name, samples]) => {
	const third = (which: number) => median(samples.slice((which * samples.length) / 3, ((which + 1) * samples.length) / 3));
	const [first, middle, last] = [third(0), third(1), third(2)];
	// The first third fills caches and pools; from then on memory must not climb.
	return { name, first, middle, last, peak: Math.max(...samples), flat: last < middle * 1.25 + 20 };
});
const mb = (value: number) => `${Math.round(value)} MB`;
const { items: dead } = await fefaent.admin<{ items: unknown[] }>('GET', '/admin/v1/deliveries?state=exhausted');
const section = `${lives.toLocaleString('en')} lives in ${Math.round(elapsed())} s; deliveries given up: ${dead.length}. Resident memory, the median of each third of the time:

${markdownTable(
	['process', 'first', 'second', 'third', 'highest', 'ratio of the third to the second'],
	rows.map(({ name, first, middle, last, peak }) => [name, mb(first), mb(middle), mb(last), mb(peak), (last / middle).toFixed(2)]),
)}`;
console.log(section);
const page = join(import.meta.dirname, 'README.md');
if (seconds >= usual) writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'soak', section));
if (rows.some(({ flat }) => !flat) || dead.length > 0) {
	console.error('memory climbs, or something was given up');
	process.exitCode = 1;
}
