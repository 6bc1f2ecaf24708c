// Kill -9 of anything at any moment under load, the engines included: the ledger is exact afterwards. The engines are the suite's own, since nobody else's may be
// killed. FEFAENT_KILL_SEED replays the choice of a run, not its timing.
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom, temporaryFolder } from '@fefaent/testing';
import { describe, expect, test } from 'vitest';
import { discrepancies } from '../crash/ledger.ts';
import { Journal, type Planned, plan, play, playUntilWaiting } from '../crash/scenario.ts';
import { canStartEngines, type OwnEngines, startOwnEngines } from '../engines/own.ts';
import { type DistributedHouse, openDistributedHouse, processNames } from './house.ts';
import { freePorts } from './installation.ts';

/** What can be killed. */
const victims = [...processNames, 'kafka', 'mongo'] as const;

describe.skipIf(!canStartEngines())('with engines of its own (needs Java, Maven, Python and pip)', () => {
	test('Kafka and MongoDB are killed and started again under load: nothing is lost or doubled', async () => {
		await using folder = temporaryFolder();
		await using engines = await startOwnEngines(folder.path, await freePorts(4));
		await using house = await openDistributedHouse({ engines });
		await killUnderLoad(house, engines, [
			{ victim: 'kafka', afterMs: 1_000 },
			{ victim: 'mongo', afterMs: 1_000 },
			{ victim: 'mongo', afterMs: 300 },
			{ victim: 'kafka', afterMs: 300 },
		]);
	});

	test('30 random kills of services, Kafka and MongoDB under load: nothing is lost or doubled', async (context) => {
		const seed = Number(process.env.FEFAENT_KILL_SEED ?? Date.now() % 1_000_000);
		await context.annotate(`FEFAENT_KILL_SEED=${seed}`);
		process.stdout.write(`random kills: FEFAENT_KILL_SEED=${seed}\n`);
		const random = seededRandom(seed);
		const kills = Array.from({ length: 30 }, () => ({
			victim: victims[random.int(0, victims.length - 1)] as string,
			afterMs: random.int(5, 1_500),
		}));
		await using folder = temporaryFolder();
		await using engines = await startOwnEngines(folder.path, await freePorts(4));
		await using house = await openDistributedHouse({ engines });
		await killUnderLoad(house, engines, kills);
	});
});

/** Kills one after the other while an integrator works, each as soon as the one before is back; then all is driven to rest and the ledger is held. */
async function killUnderLoad(
	house: DistributedHouse,
	engines: OwnEngines,
	kills: readonly { readonly victim: string; readonly afterMs: number }[],
): Promise<void> {
	const { fefaent, installation } = house;
	const journal = new Journal();
	const planned: Planned[] = [];
	for (const [round, { victim, afterMs }] of kills.entries()) {
		const more = plan(`c${round}`, 10);
		planned.push(...more);
		// Time stays where it is: what is left undecided must not expire before it is taken up again.
		const playing = playUntilWaiting(fefaent, more, journal).catch(() => {});
		await delay(afterMs);
		if (victim === 'kafka' || victim === 'mongo') await engines.crash(victim);
		else {
			await installation.signal(victim, 'SIGKILL');
			await installation.start(victim);
		}
		// Some are still at it when the next one dies.
		await Promise.race([playing, delay(2_000)]);
	}
	// Whoever was told that something failed, or nothing, asks again: twice where the last death is still felt.
	await playUntilWaiting(fefaent, planned, journal).catch(() => playUntilWaiting(fefaent, planned, journal));
	await play(fefaent, planned, journal);
	await fefaent.settle();
	expect(await discrepancies(house.books, planned, journal, house.outside())).toEqual([]);
}
