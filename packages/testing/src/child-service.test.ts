import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type ChildServiceOptions, childService, loggedCrashpoints } from './child-service.ts';
import { parseCrashPlan } from './crash-plan.ts';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const kernel = pathToFileURL(createRequire(import.meta.url).resolve('@fefaent/kernel')).href;
let scripts = 0;

function script(code: string, more: Partial<ChildServiceOptions> = {}): ChildServiceOptions {
	const file = folder.join(`script-${++scripts}.mts`);
	writeFileSync(file, code);
	return { file, ...more };
}

const waiting = 'setInterval(() => {}, 60_000);';

/** Passes three points, the middle one three times, and says so each time. */
const passing = `
	import { crashpoint } from '${kernel}';
	for (const name of ['test.first', 'test.middle', 'test.middle', 'test.middle', 'test.last']) {
		console.log('before ' + name);
		await crashpoint(name);
		console.log('after ' + name);
	}
`;

describe('childService', () => {
	it('is ready when the line comes, and gives what it matched', async () => {
		await using child = await childService(
			script(`console.log('starting'); console.log('ready on ' + process.env.TEST_PORT); console.error('beware'); ${waiting}`, {
				env: { TEST_PORT: '1234' },
				ready: /^ready on (\d+)$/,
			}),
		);
		expect(child.ready?.[1]).toBe('1234');
		expect((await child.waitLine(/^beware/))[0]).toBe('beware');
		expect(child.output()).toContain('starting');
		child.kill('SIGKILL');
		expect(await child.waitExit()).toEqual({ code: null, signal: 'SIGKILL' });
		child.kill();
	});

	it('waits for the end, and has all that was written before it', async () => {
		await using child = await childService(script("console.log('x'.repeat(200_000)); console.log('last words'); process.exitCode = 3;"));
		expect(await child.waitExit()).toEqual({ code: 3, signal: null });
		expect(child.output()).toMatch(/x\nlast words$/);
		await expect(child.waitLine(/never/)).rejects.toThrow('it ended with code 3');
	});

	it('fails with its words when it ends before it is ready', async () => {
		const failing = childService(script("console.error('port taken'); process.exit(1);", { ready: /ready/ }));
		await expect(failing).rejects.toThrow(/ended with code 1; it said:\nport taken/);
	});

	it('fails, and kills it, when it is not ready in time', async () => {
		const late = childService(script(`console.log(process.pid); ${waiting}`, { ready: /ready/, readyTimeoutMs: 1_500 }));
		const error: unknown = await late.catch((caught: unknown) => caught);
		const pid = Number(/said:\n(\d+)/.exec(String(error))?.[1]);
		expect(pid).toBeGreaterThan(0);
		expect(String(error)).toContain('waited 1500 ms');
		expect(() => process.kill(pid, 0)).toThrow('ESRCH');
	});

	it('tells when it does not end', async () => {
		await using child = await childService(script(`console.log('here'); ${waiting}`, { ready: /here/ }));
		await expect(child.waitExit(20)).rejects.toThrow(/did not end in 20 ms; it said:\nhere/);
	});
});

describe('crash points in a child', () => {
	it('kills at the point, before what follows it', async () => {
		await using child = await childService(script(passing, { crash: { at: 'test.first' } }));
		expect(await child.waitExit()).toEqual({ code: null, signal: 'SIGKILL' });
		expect(child.output()).toBe('before test.first');
	});

	it('kills at the nth passing', async () => {
		await using child = await childService(script(passing, { crash: { at: 'test.middle#2' } }));
		expect((await child.waitExit()).signal).toBe('SIGKILL');
		expect(child.output().split('\n')).toHaveLength(5);
	});

	it('lets it live when the point is never passed, and logs each point once', async () => {
		const log = folder.join('points.txt');
		expect(loggedCrashpoints(log)).toEqual([]);
		await using child = await childService(script(passing, { crash: { at: 'test.other', log } }));
		expect((await child.waitExit()).code).toBe(0);
		await using again = await childService(script(passing, { crash: { at: 'test.middle', log } }));
		expect((await again.waitExit()).signal).toBe('SIGKILL');
		expect(loggedCrashpoints(log)).toEqual(['test.first', 'test.middle', 'test.last']);
	});

	it('logs anew what is passed after the log was taken away', async () => {
		const log = folder.join('again.txt');
		const code = `
			import { crashpoint } from '${kernel}';
			await crashpoint('test.begin');
			for (;;) {
				await crashpoint('test.turn');
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		`;
		await using child = await childService(script(code, { crash: { log } }));
		await eventually(() => expect(loggedCrashpoints(log)).toEqual(['test.begin', 'test.turn']));
		rmSync(log);
		await eventually(() => expect(loggedCrashpoints(log)).toEqual(['test.turn']));
		child.kill();
	});

	it('kills at the point that a file names once it is there', async () => {
		const file = folder.join('wanted.txt');
		const code = `
			import { crashpoint } from '${kernel}';
			console.log('passing');
			for (;;) {
				await crashpoint('test.turn');
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		`;
		await using child = await childService(script(code, { crash: { file }, ready: /passing/ }));
		writeFileSync(file, 'test.other');
		await expect(child.waitExit(100)).rejects.toThrow('did not end');
		writeFileSync(file, 'test.turn#3');
		expect((await child.waitExit()).signal).toBe('SIGKILL');
	});

	it('refuses a plan that it cannot read', async () => {
		await using child = await childService(script(passing, { crash: { at: 'test.first#0' } }));
		expect((await child.waitExit()).code).toBe(1);
		expect(child.output()).toContain('not a crash point: test.first#0');
	});
});

it('reads a crash plan', () => {
	expect(parseCrashPlan('notification.outbox.relayed')).toEqual({ point: 'notification.outbox.relayed', passing: 1 });
	expect(parseCrashPlan('a.b-c.d#12')).toEqual({ point: 'a.b-c.d', passing: 12 });
	for (const text of ['', '#1', 'a b', 'a#', 'a#x', 'a#-1']) expect(() => parseCrashPlan(text)).toThrow(RangeError);
});
