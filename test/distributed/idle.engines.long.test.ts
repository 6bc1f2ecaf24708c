// What twelve processes cost while nothing happens.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { mongoOperations, temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { startInstallation } from './installation.ts';

const seconds = 20;
/**
 * Of MongoDB in a second, for all processes together, as docs/running-distributed.md says: looks for what a change stream missed, change streams, leases of
 * parts. Each is asked at intervals, so a slow machine asks less, never more.
 */
const most = { queries: 20, changeStreams: 15, writes: 15 };

/** Processor time that a process has had, in milliseconds. */
function processorMs(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

it('two idle replicas of each service ask MongoDB little', async () => {
	await using folder = temporaryFolder();
	await using installation = await startInstallation(folder, { replicas: 2 });
	// Compiled, joined and shared out.
	await delay(15_000);
	const look = async () => ({
		cpu: installation.names.map((name) => processorMs(installation.pid(name))),
		mongo: await mongoOperations(installation.prefixes.mongo),
	});
	const before = await look();
	await delay(seconds * 1_000);
	const after = await look();
	const perSecond = Object.fromEntries(
		Object.entries(after.mongo).flatMap(([kind, count]) => {
			const rate = (count - (before.mongo[kind] ?? 0)) / seconds;
			return rate > 0 ? [[kind, Math.round(rate * 10) / 10]] : [];
		}),
	);
	const cpu = installation.names.map((name, index) => [name, ((after.cpu[index] ?? 0) - (before.cpu[index] ?? 0)) / seconds / 10] as const);
	const together = cpu.reduce((sum, [, percent]) => sum + percent, 0);
	process.stdout.write(`idle: MongoDB operations per second ${JSON.stringify(perSecond)}\n`);
	process.stdout.write(`idle: % of a processor ${JSON.stringify(Object.fromEntries(cpu))}, together ${together.toFixed(1)}\n`);
	const { queries = 0, insert = 0, update = 0, remove = 0, getmore = 0 } = perSecond;
	const writes = insert + update + remove;
	for (const rate of [queries, getmore, writes]) expect(rate).toBeGreaterThan(0);
	expect(queries).toBeLessThan(most.queries);
	expect(getmore).toBeLessThan(most.changeStreams);
	expect(writes).toBeLessThan(most.writes);
}, 180_000);
