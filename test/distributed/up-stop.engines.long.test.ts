// How `fefaent up` ends: in the order that is documented, whoever asks for it, and leaving no process behind.
import { eventually, temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { processNames } from './house.ts';
import { startUp } from './up.ts';

const runs = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

it.each(['SIGINT', 'SIGHUP'] as const)(
	'%s to the whole group, as a terminal sends it, stops the gateway first, then the rest, each with its drain',
	async (signal) => {
		await using folder = temporaryFolder();
		await using up = await startUp(folder, { group: true, env: { FEFAENT_LOG_LEVEL: 'info' } });
		up.child.kill(signal);
		expect(await up.child.waitExit(60_000), up.child.output()).toEqual({ code: 0, signal: null });
		const lines = up.child.output().split('\n');
		const lineOf = (name: string, what: string) => lines.findIndex((line) => line.startsWith(`${name} `) && line.includes(what));
		for (const name of processNames) {
			expect(lineOf(name, 'stopped (exit code 0)'), `${name} drained`).toBeGreaterThan(0);
			if (name === 'gateway') continue;
			const begins = lineOf(name, '"msg":"stopping"');
			expect(begins, `${name} stops after the gateway`).toBeGreaterThan(lineOf('gateway', 'stopped (exit code 0)'));
		}
	},
);

it('a second signal cuts what drains, and a supervisor that is killed takes its processes with it', async () => {
	await using folder = temporaryFolder();
	for (const end of ['cut', 'kill'] as const) {
		await using up = await startUp(folder);
		const pids = processNames.map((name) => up.pidOf(name));
		expect(pids.every(runs)).toBe(true);
		if (end === 'kill') up.child.kill('SIGKILL');
		else {
			// Held, it cannot drain.
			process.kill(up.pidOf('gateway'), 'SIGSTOP');
			up.child.kill('SIGTERM');
			up.child.kill('SIGINT');
		}
		expect(await up.child.waitExit(60_000)).toEqual(end === 'kill' ? { code: null, signal: 'SIGKILL' } : { code: 130, signal: null });
		await eventually(() => expect(pids.filter(runs)).toEqual([]), { timeoutMs: 40_000 });
	}
});
