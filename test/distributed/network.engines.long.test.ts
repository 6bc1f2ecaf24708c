// A network that drops, delays or breaks what passes, for half a minute at a time, under load: no loss, no doubles, recovery without a hand. Kafka tells its
// clients where it is, so the engines are the suite's own. FEFAENT_FAULT_SECONDS sets how long each fault lasts, FEFAENT_FAULT_LINKS tries some links alone.
import { type NetworkFault, startTcpProxy, temporaryFolder } from '@fefaent/testing';
import { describe, expect, test } from 'vitest';
import { discrepancies } from '../crash/ledger.ts';
import { Journal, type Planned, plan, play, playUntilWaiting } from '../crash/scenario.ts';
import { canStartEngines, startOwnEngines } from '../engines/own.ts';
import { openDistributedHouse } from './house.ts';
import { freePorts } from './installation.ts';
import { openNetwork } from './network.ts';

const lastsMs = Number(process.env.FEFAENT_FAULT_SECONDS ?? 30) * 1_000;
const only = process.env.FEFAENT_FAULT_LINKS;

const faults: readonly NetworkFault[] = [{ kind: 'drop' }, { kind: 'delay', ms: 1_500 }, { kind: 'reset' }];

/** Links that fail together. Every link is in one of them. */
const links: readonly RegExp[] = [
	/^gateway > (?!MongoDB)/,
	/^state-engine > notification$/,
	/^state-engine > evidence$/,
	/^(?:notifier|callback) > (?!MongoDB)/,
	/^notification > (?!MongoDB)|^evidence > (?!MongoDB)|^state-engine > (?!notification|evidence|MongoDB)/,
	/^(?:notification|evidence) > MongoDB$/,
	/^(?:state-engine|notifier|callback|gateway) > MongoDB$/,
	/> Kafka$/,
];

describe.skipIf(!canStartEngines())('with engines of its own (needs Java, Maven, Python and pip)', () => {
	test('links between services, MongoDB and Kafka fail under load: nothing is lost or doubled, and all goes on by itself', async () => {
		await using folder = temporaryFolder();
		const port = await freePorts(5);
		await using network = openNetwork(await startTcpProxy(port, port + 4));
		await using engines = await startOwnEngines(folder.path, port, port + 4);
		await using house = await openDistributedHouse({
			engines: { kafkaBrokers: `127.0.0.1:${port + 4}`, mongoUrl: engines.mongoUrl },
			routesOf: network.routesOf,
		});
		const { fefaent } = house;
		expect(network.links().filter((link) => links.filter((some) => some.test(link)).length !== 1)).toEqual([]);
		const journal = new Journal();
		const planned: Planned[] = [];
		for (const some of links.filter((one) => only === undefined || one.source.includes(only))) {
			for (const fault of faults) {
				const began = performance.now();
				const ours: Planned[] = [];
				network.fail(some, fault);
				// An integrator at work: each of its calls may fail, and is made again later.
				for (let n = 0; performance.now() - began < lastsMs; n++) {
					const more = plan(`n${planned.length}-${n}`, 5);
					ours.push(...more);
					const left = lastsMs - (performance.now() - began);
					await Promise.race([
						playUntilWaiting(fefaent, more, journal).catch(() => {}),
						new Promise((resolve) => setTimeout(resolve, left)),
					]);
				}
				network.fail(some, undefined);
				planned.push(...ours);
				const healed = performance.now();
				// Connections that broke may still be on their way back when it first asks.
				await playUntilWaiting(fefaent, ours, journal).catch(() => playUntilWaiting(fefaent, ours, journal));
				await fefaent.settle();
				process.stdout.write(
					`${fault.kind} on ${some.source}: ${ours.length} created, at rest ${Math.round(performance.now() - healed)} ms after\n`,
				);
			}
		}
		await play(fefaent, planned, journal);
		await fefaent.settle();
		expect(await discrepancies(house.books, planned, journal, house.outside())).toEqual([]);
	});
});
