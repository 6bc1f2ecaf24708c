// The kill matrix on processes of their own: the one that passes a crash point is killed there and started again, while the others go on. In each playing of
// a script every process has a chain of points at which it dies one after the other, so that one playing, with its waits for consumer groups to notice, serves
// many kills; which is harder, too, than one death at a time. What it takes away is whom to blame when a ledger does not hold: FEFAENT_KILL_POINT plays some
// points alone.
import { expect, test } from 'vitest';
import { elsewhere } from '../crash/elsewhere.ts';
import { crashpointsOfSource } from '../crash/points.ts';
import { isWanted, type Script, scripts } from '../crash/scripts.ts';
import { type DistributedHouse, openDistributedHouse, processNames } from './house.ts';
import { type Chain, diesOnStart, diesSoon, Keeper, playKilled } from './killing.ts';

/** Most deaths of one process in one playing. */
const longest = 6;

/** Passed only where the installation's key is of the kind that is not the default: the first start of both kinds is a test of its own. */
const ofFirstStart = (point: string) => point.startsWith('evidence.trust.test-signer-rsa-3072.');

const written = ({ process, points }: Chain) => `${process} at ${points.join(', ')}`;

test('killed at every named point, restarted and driven to rest, the ledger holds', async (context) => {
	const passed = new Set<string>();
	const planned = new Set<string>();
	const failures: string[] = [];
	let playings = 0;
	for (const script of scripts) {
		await using house = await openDistributedHouse({ smtp: script.smtp });
		// What comes on the first start only is the next test's.
		for (const name of processNames)
			for (const point of [...(house.started.get(name) ?? []), ...house.installation.passed(name)]) passed.add(point);
		const surveyed = await survey(house, script);
		const keepers = processNames.map((name) => new Keeper(house.installation, name));
		const kill = async (chains: readonly Chain[]): Promise<readonly Chain[]> => {
			const { wrong, left } = await playKilled(house, keepers, script, `k${++playings}`, chains).catch((error: unknown) => ({
				wrong: [String(error)],
				left: [],
			}));
			const where = `${script.name}, ${chains.map(written).join('; ')}`;
			failures.push(...wrong.map((one) => `${where}: ${one}`));
			process.stdout.write(`${where}: ${wrong.length === 0 ? 'holds' : wrong.join('; ')}\n`);
			return left;
		};
		let chains: readonly Chain[] = surveyed.map(({ process, points: seen }) => {
			for (const point of seen) passed.add(point);
			const points = seen.filter((point) => isWanted(point) && !planned.has(`${process} ${point}`));
			for (const point of points) planned.add(`${process} ${point}`);
			return { process, points };
		});
		/** What a process did not come to, though nothing that it died of before kept it: others did. */
		const alone: Chain[] = [];
		while (chains.some(({ points }) => points.length > 0)) {
			const left = await kill(
				chains.filter(({ points }) => points.length > 0).map((one) => ({ ...one, points: one.points.slice(0, longest) })),
			);
			chains = chains.map(({ process, points: [first = '', ...points] }) => {
				const alive = left.find((one) => one.process === process)?.points ?? [];
				if (alive[0] === first) alone.push({ process, points: [first] });
				return { process, points: [...alive.filter((point) => point !== first), ...points.slice(longest - 1)] };
			});
		}
		for (const one of alone)
			for (const { process, points } of await kill([one]))
				failures.push(...points.map((point) => `${script.name}: ${process} did not die at ${point}`));
	}
	context.annotate(`${planned.size} kills in ${playings} playings`);
	expect(failures).toEqual([]);
	expect(planned.size).toBeGreaterThan(0);

	const named = crashpointsOfSource('distributed');
	expect(
		named.filter((point) => !passed.has(point) && !(point in elsewhere.distributed) && !ofFirstStart(point)),
		'points of the source that no script passes',
	).toEqual([]);
	expect(
		[...passed].filter((point) => !named.includes(point)),
		'points passed that the source was not found to name',
	).toEqual([]);
	expect(
		Object.keys(elsewhere.distributed).filter((point) => passed.has(point)),
		'points left to other suites that a script passes',
	).toEqual([]);
});

/** Plays a script without a kill. @returns what each process passed: there it is killed */
async function survey(house: DistributedHouse, script: Script): Promise<readonly Chain[]> {
	const playing = script.begin('survey');
	await playing.play(house.fefaent, house);
	await house.fefaent.settle();
	// Before the ledger asks them.
	const passed = processNames.map((process) => ({ process, points: house.installation.passed(process) }));
	expect(await playing.wrong(house.books, house.outside()), `${script.name}, without a kill`).toEqual([]);
	return passed;
}

const keyTypes = ['ecdsa-p256', 'rsa-3072'] as const;

test.each(keyTypes)(
	'killed at every point of their first start, with a key of %s, the processes start in the end and have made everything once',
	async (keyType) => {
		const env = { FEFAENT_EVIDENCE_TEST_KEY: keyType };
		let points: DistributedHouse['started'];
		{
			await using house = await openDistributedHouse({ smtp: false, env });
			points = house.started;
		}
		const script = scripts.find(({ name }) => name === 'own outbox') as Script;
		const survived: string[] = [];
		await using house = await openDistributedHouse({
			smtp: script.smtp,
			env,
			onFirstStart: async (installation, name) => {
				for (const at of points.get(name)?.filter(isWanted) ?? []) {
					installation.arm(name, at);
					const died = (await diesOnStart(installation, name)) || (await diesSoon(installation, name));
					installation.arm(name, undefined);
					if (died) continue;
					survived.push(`${name} at ${at}`);
					await installation.stop(name);
				}
			},
		});
		// What it makes, it makes again where it was killed; what it asks of others depends on how far these are.
		expect(survived.filter((one) => !/ at rpc\./.test(one))).toEqual([]);
		const named = [...points].flatMap(([name, all]) => all.map((at) => `${name} at ${at}`));
		for (const made of [
			`evidence.trust.test-signer-${keyType}.after-key`,
			'callback.secrets-key.after',
			'gateway.administrations.seeded.after',
		])
			expect(named.join()).toContain(made);
		const playing = script.begin('first');
		await playing.play(house.fefaent, house);
		await house.fefaent.settle();
		expect(await playing.wrong(house.books, house.outside())).toEqual([]);
	},
);
