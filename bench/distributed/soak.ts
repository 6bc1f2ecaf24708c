// Whole lives on six processes for ten minutes: is memory flat in each?   npm run bench:soak [-- SECONDS]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngines } from '../../test/engines/start.ts';
import { fullLives } from '../lives.ts';
import { markdownTable } from '../report.ts';
import { residentMb } from './counters.ts';
import { growthOf, leastSeconds, median } from './growth.ts';
import { startDistributed } from './installation.ts';
import { replaceSection } from './section.ts';

const usual = 600;
const seconds = Number(process.argv[2] ?? usual);
const livesAtOnce = 1_000;
if (!(seconds >= leastSeconds)) throw new RangeError(`at least ${leastSeconds} seconds: less tells nothing of growth`);

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
// A busy sampler is late.
const everySeconds = elapsed() / Math.max(1, memory.values().next().value?.length ?? 0);

const rows = [...memory].map(([name, samples]) => {
	const third = (which: number) => median(samples.slice((which * samples.length) / 3, ((which + 1) * samples.length) / 3));
	return { name, first: third(0), middle: third(1), last: third(2), peak: Math.max(...samples), ...growthOf(samples, everySeconds) };
});
const mb = (value: number) => `${Math.round(value)} MB`;
const { items: dead } = await fefaent.admin<{ items: unknown[] }>('GET', '/admin/v1/deliveries?state=exhausted');
const section = `${lives.toLocaleString('en')} lives in ${Math.round(elapsed())} s; deliveries given up: ${dead.length}. Resident memory, the median of each third of the time; and what it
grows by in an hour: a line through the lowest values of windows of the last two thirds, so that garbage which waits to be collected does not count.

${markdownTable(
	['process', 'first', 'second', 'third', 'highest', 'growth in an hour'],
	rows.map(({ name, first, middle, last, peak, mbPerHour }) => [name, ...[first, middle, last, peak, mbPerHour].map(mb)]),
)}`;
console.log(section);
const page = join(import.meta.dirname, 'README.md');
if (seconds >= usual) writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'soak', section));
if (rows.some(({ flat }) => !flat) || dead.length > 0) {
	console.error('memory climbs, or something was given up');
	process.exitCode = 1;
}
