import { join } from 'node:path';
import { loggedCrashpoints, seededRandom, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { elsewhere } from './elsewhere.ts';
import { type House, openHouse } from './house.ts';
import { discrepancies } from './ledger.ts';
import { crashpointsOfSource } from './points.ts';
import { Journal, type Planned, plan, play, playUntilWaiting } from './scenario.ts';
import { isWanted, type Playing, type Script, scripts } from './scripts.ts';

/** Kills the process at a point, starts it again, plays the script to its end, and answers what is wrong then. */
async function killedAt(at: string, script: Script): Promise<string[]> {
	await using house = await openHouse(script);
	const playing = script.begin(script.name.replaceAll(' ', '-'));
	if (!(await diesAt(at, house, playing))) return ['the process did not die there'];
	const again = await house.start();
	await playing.play(again, house);
	await again.settle();
	await house.stop(again);
	// Awaited here: the house is taken down when this function is left.
	return await house.inspect((fefaent, outside) => playing.wrong(fefaent, outside));
}

/** Plays until the process dies. @returns whether it died at the point, be it on the way up */
async function diesAt(at: string, house: House, script: Playing): Promise<boolean> {
	let doomed: StandaloneProcess;
	try {
		doomed = await house.start({ at });
	} catch (error) {
		if (String(error).includes('it ended with SIGKILL')) return true;
		throw error;
	}
	const playing = script
		.play(doomed, house)
		.then(() => doomed.settle())
		.catch(() => {});
	await Promise.race([playing, doomed.child.waitExit(120_000)]);
	doomed.child.kill('SIGTERM');
	const { signal } = await doomed.child.waitExit(30_000);
	await playing;
	return signal === 'SIGKILL';
}

/** Every point that a script passes, from start-up to its stop. */
async function survey(script: Script): Promise<readonly string[]> {
	await using folder = temporaryFolder();
	const log = join(folder.path, 'points.log');
	await using house = await openHouse(script);
	const process = await house.start({ log });
	await script.begin('survey').play(process, house);
	await process.settle();
	await house.stop(process);
	return loggedCrashpoints(log);
}

/** Points of a first start, which no script passes: killed at in a test of its own, each with the kind of key that the installation is to make. */
const firstStart: Readonly<Record<string, 'ecdsa-p256' | 'rsa-3072'>> = {
	'callback.secrets-key.before': 'ecdsa-p256',
	'callback.secrets-key.after': 'ecdsa-p256',
	...Object.fromEntries(
		['test-authority', 'test-tsa', 'test-signer-ecdsa-p256', 'test-signer-rsa-3072'].flatMap((name) =>
			['before-write', 'before-key', 'after-key'].map((moment) => [
				`evidence.trust.${name}.${moment}`,
				name.endsWith('rsa-3072') ? 'rsa-3072' : 'ecdsa-p256',
			]),
		),
	),
	'standalone.tls.after-key': 'ecdsa-p256',
	'standalone.tls.before-certificate': 'ecdsa-p256',
	'standalone.tls.after-certificate': 'ecdsa-p256',
};

test('killed at every named point, restarted and driven to rest, the ledger holds', async (context) => {
	const scriptOf = new Map<string, Script>();
	for (const script of scripts) for (const point of await survey(script)) if (!scriptOf.has(point)) scriptOf.set(point, script);
	const named = crashpointsOfSource('standalone');
	const missed = named.filter((name) => !scriptOf.has(name) && !(name in elsewhere.standalone) && !(name in firstStart));
	expect(missed, 'points of the source that no script passes').toEqual([]);
	expect(
		[...scriptOf.keys()].filter((point) => !named.includes(point)),
		'points passed that the source was not found to name',
	).toEqual([]);
	expect(
		Object.keys(elsewhere.standalone).filter((point) => scriptOf.has(point)),
		'points left to other suites that a script passes',
	).toEqual([]);

	const points = [...scriptOf].filter(([point]) => isWanted(point));
	// Some stores write on the way up already: there the kill is tried once more, amid the work.
	const kills = points.flatMap(([point, script]) =>
		/^store\.(state-engine|notifier|callback|bus)\./.test(point)
			? [
					{ at: point, script },
					{ at: `${point}#3`, script },
				]
			: [{ at: point, script }],
	);
	const failures: string[] = [];
	const lane = async (): Promise<void> => {
		for (let kill = kills.shift(); kill; kill = kills.shift()) {
			const { at, script } = kill;
			const wrong = await killedAt(at, script).catch((error: unknown) => [String(error)]);
			failures.push(...wrong.map((one) => `${at} (${script.name}): ${one}`));
		}
	};
	await Promise.all([lane(), lane()]);
	context.annotate(`${points.length} crash points`);
	expect(points.length).toBeGreaterThan(0);
	expect(failures).toEqual([]);
});

test('killed at every point of its first start, it starts the next time and has made everything once', async () => {
	await using survey = temporaryFolder();
	const log = join(survey.path, 'points.log');
	{
		await using fresh = temporaryFolder();
		const { child } = await startStandaloneProcess({ dataDir: fresh.path, crash: { log } });
		child.kill('SIGTERM');
		await child.waitExit(20_000);
	}
	const points = [...new Set([...loggedCrashpoints(log), ...Object.keys(firstStart)])];
	expect(points).toContain('gateway.issuer.inserted.after');
	for (const at of points.filter(isWanted)) {
		await using fresh = temporaryFolder();
		const env = { FEFAENT_EVIDENCE_TEST_KEY: firstStart[at] ?? 'ecdsa-p256' };
		await expect(startStandaloneProcess({ dataDir: fresh.path, env, crash: { at } }), at).rejects.toThrow('it ended with SIGKILL');
		const again = await startStandaloneProcess({ dataDir: fresh.path, env });
		await using child = again.child;
		const { items } = await again.admin<{ items: { code: string }[] }>('GET', '/admin/v1/issuers');
		expect(
			items.map(({ code }) => code),
			at,
		).toEqual(['DEMO']);
		const journal = new Journal();
		await playUntilWaiting(again, plan('first', 1), journal);
		expect(journal.idOf('first-0'), at).toBeGreaterThan(0);
		child.kill('SIGTERM');
		expect(await child.waitExit(20_000), at).toMatchObject({ code: 0 });
	}
});

test('killed at 30 random instants under load, the ledger holds', async () => {
	const random = seededRandom(Number(process.env.FEFAENT_KILL_SEED ?? 30));
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
	const last = await house.start();
	await play(last, planned, journal);
	await last.settle();
	await house.stop(last);
	const wrong = await house.inspect((fefaent, outside) => discrepancies(fefaent, planned, journal, outside));
	expect(wrong).toEqual([]);
});
