import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loggedCrashpoints, seededRandom, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { discrepancies } from './ledger.ts';
import { Journal, type Planned, plan, play, playUntilWaiting } from './scenario.ts';

/** Points that the script cannot pass, each with the suite that does. */
const elsewhere: Readonly<Record<string, string>> = {};

/** Plays the script until it went through once without a kill; the process may be told to die at a point the first time. */
async function throughOneKill(house: House, planned: readonly Planned[], journal: Journal, at: string): Promise<boolean> {
	const doomed = await house.start({ at });
	const died = await Promise.race([
		doomed.child.waitExit(120_000).then(({ signal }) => signal === 'SIGKILL'),
		play(doomed, planned, journal)
			.then(() => doomed.settle())
			.then(() => house.purge(doomed))
			.then(() => false)
			.catch(() => new Promise<boolean>((resolve) => doomed.child.waitExit(10_000).then(({ signal }) => resolve(signal === 'SIGKILL')))),
	]);
	if (!died) doomed.child.kill('SIGKILL');
	await doomed.child.waitExit();
	await house.playToRest(planned, journal);
	return died;
}

/** Every crash point that the product's source names literally. */
function namedInSource(): readonly string[] {
	const root = join(import.meta.dirname, '../..');
	const files = ['packages', 'services'].flatMap((room) =>
		readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
			.filter(
				(file) =>
					file.includes('/src/') &&
					file.endsWith('.ts') &&
					!file.includes('node_modules') &&
					!/\.test\.ts$|conformance|\/testing\//.test(file),
			)
			.map((file) => join(root, room, file)),
	);
	return [
		...new Set(
			files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/crashpoint\(\s*'([^']+)'/g)].map((match) => match[1] as string)),
		),
	].sort();
}

test('killed at every named point, restarted and driven to rest, the ledger holds', async (context) => {
	await using survey = await temporaryFolder();
	const log = join(survey.path, 'points.log');
	{
		await using house = await openHouse();
		const journal = new Journal();
		const planned = plan('survey', 10);
		const first = await house.start({ log });
		await play(first, planned, journal);
		await first.settle();
		await house.purge(first);
		first.child.kill('SIGTERM');
		await first.child.waitExit(20_000);
	}
	const passed = loggedCrashpoints(log);
	expect(passed.length).toBeGreaterThan(20);
	const missed = namedInSource().filter((name) => !passed.includes(name) && !(name in elsewhere));
	expect(missed, 'points of the source that the script never passes').toEqual([]);

	const failures: string[] = [];
	for (const point of passed) {
		await using house = await openHouse();
		const journal = new Journal();
		const planned = plan('k', 10);
		// Start-up passes some points before anything happens; the second passing is where work is under way.
		const died = await throughOneKill(house, planned, journal, point);
		if (!died) failures.push(`${point}: the process did not die there`);
		const wrong = await house.inspect((fefaent, outside) => discrepancies(fefaent, planned, journal, outside));
		failures.push(...wrong.map((one) => `${point}: ${one}`));
	}
	context.annotate(`${passed.length} crash points`);
	expect(failures).toEqual([]);
});

test('killed at 30 random instants under load, the ledger holds', async () => {
	const seed = Number(process.env.FEFAENT_KILL_SEED ?? 30);
	const random = seededRandom(seed);
	await using house = await openHouse();
	const journal = new Journal();
	const planned: Planned[] = [];
	for (let kill = 0; kill < 30; kill++) {
		const more = plan(`r${kill}`, 25);
		planned.push(...more);
		const running = await house.start();
		// Time stays where it is: what an earlier round left undecided must not expire before it is taken up again.
		const playing = playUntilWaiting(running, more, journal).catch(() => {});
		await new Promise((resolve) => setTimeout(resolve, random.int(5, 900)));
		running.child.kill('SIGKILL');
		await running.child.waitExit();
		await playing;
	}
	await house.playToRest(planned, journal);
	const wrong = await house.inspect((fefaent, outside) => discrepancies(fefaent, planned, journal, outside));
	expect(wrong).toEqual([]);
});
