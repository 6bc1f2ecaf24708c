import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const fixture = fileURLToPath(new URL('./run.fixture.ts', import.meta.url));

class Child {
	readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
	out = '';
	log = '';

	constructor(behaviour: string) {
		this.process = spawn(process.execPath, [fixture, behaviour], { stdio: ['pipe', 'pipe', 'pipe'] });
		this.process.stdout.on('data', (chunk) => {
			this.out += String(chunk);
		});
		this.process.stderr.on('data', (chunk) => {
			this.log += String(chunk);
		});
		onTestFinished(() => void this.process.kill('SIGKILL'));
	}

	async said(text: string): Promise<void> {
		await expect.poll(() => this.out, { timeout: 10_000 }).toContain(text);
	}

	async exit(): Promise<number | null> {
		const [code] = await once(this.process, 'close');
		return code;
	}
}

describe('runUntilStopped', () => {
	it.each(['SIGTERM', 'SIGINT'] as const)('drains and exits 0 on %s', async (signal) => {
		const child = new Child('calm');
		await child.said('started');
		const exit = child.exit();
		child.process.kill(signal);
		expect(await exit).toBe(0);
		expect(child.out).toBe('started\ndraining\ndrained\n');
	});

	it('cuts a drain that takes too long, and says so by a code of its own', async () => {
		const child = new Child('hangs');
		await child.said('started');
		const exit = child.exit();
		child.process.kill('SIGTERM');
		expect(await exit).toBe(124);
		expect(child.log).toContain('took too long');
	});

	it('exits at once on a second signal', async () => {
		const child = new Child('hangs');
		await child.said('started');
		const exit = child.exit();
		child.process.kill('SIGTERM');
		await child.said('draining');
		child.process.kill('SIGTERM');
		expect(await exit).toBe(130);
	});

	it('exits 1 when the start fails, having stopped what was begun', async () => {
		const child = new Child('fails-to-start');
		expect(await child.exit()).toBe(1);
		expect(child.out).toBe('draining\ndrained\n');
		expect(child.log).toContain('no port');
	});

	it('exits 1 when the drain fails', async () => {
		const child = new Child('fails-to-stop');
		await child.said('started');
		const exit = child.exit();
		child.process.kill('SIGTERM');
		expect(await exit).toBe(1);
		expect(child.log).toContain('store is gone');
	});

	it.each(['throws', 'rejects'])('logs what nobody caught, drains and exits 1 (%s)', async (behaviour) => {
		const child = new Child(behaviour);
		expect(await child.exit()).toBe(1);
		expect(child.log).toContain('an error that nobody caught');
		expect(child.out).toBe('started\ndraining\ndrained\n');
	});

	it('lets a start under way end before it stops', async () => {
		const child = new Child('slow-start');
		await child.said('starting');
		const exit = child.exit();
		child.process.kill('SIGTERM');
		await expect.poll(() => child.log, { timeout: 10_000 }).toContain('stopping');
		child.process.stdin.write('go\n');
		expect(await exit).toBe(0);
		expect(child.out).toBe('starting\nstarted\ndraining\ndrained\n');
	});
});
