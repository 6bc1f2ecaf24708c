// Kill -9 of the engines under load: the ledger is exact afterwards. They are the suite's own, since nobody else's may be killed.
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '@fefaent/testing';
import { describe, expect, test } from 'vitest';
import { discrepancies } from '../crash/ledger.ts';
import { Journal, type Planned, plan, play, playUntilWaiting } from '../crash/scenario.ts';
import { canStartEngines, type OwnEngines, startOwnEngines } from '../engines/own.ts';
import { type DistributedHouse, openDistributedHouse } from './house.ts';
import { freePorts } from './installation.ts';

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
});

/** Kills one after the other while an integrator works, each as soon as the one before is back; then all is driven to rest and the ledger is held. */
async function killUnderLoad(
	house: DistributedHouse,
	engines: OwnEngines,
	kills: readonly { readonly victim: 'kafka' | 'mongo'; readonly afterMs: number }[],
): Promise<void> {
	const { fefaent } = house;
	const journal = new Journal();
	const planned: Planned[] = [];
	for (const [round, { victim, afterMs }] of kills.entries()) {
		const more = plan(`c${round}`, 10);
		planned.push(...more);
		// Time stays where it is: what is left undecided must not expire before it is taken up again.
		const playing = playUntilWaiting(fefaent, more, journal).catch(() => {});
		await delay(afterMs);
		await engines.crash(victim);
		// Some are still at it when the next one dies.
		await Promise.race([playing, delay(2_000)]);
	}
	// Whoever was told that something failed, or nothing, asks again: twice where the last death is still felt.
	await playUntilWaiting(fefaent, planned, journal).catch(() => playUntilWaiting(fefaent, planned, journal));
	await play(fefaent, planned, journal);
	await fefaent.settle();
	expect(await discrepancies(house.books, planned, journal, house.outside())).toEqual([]);
}
