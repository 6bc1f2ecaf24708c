import { describe, expect, it } from 'vitest';
import { createHealth } from './health.ts';
import { combineReports } from './report.ts';

describe('createHealth', () => {
	it('is ready without checks, and when all are well', async () => {
		const health = createHealth();
		expect(await health.readiness()).toEqual({ ready: true, checks: [] });
		health.register('store', async () => {});
		expect(await health.readiness()).toEqual({ ready: true, checks: [{ name: 'store', ok: true }] });
	});

	it('tells which check fails and why, without personal data', async () => {
		const health = createHealth();
		health.register('store', async () => {});
		health.register('smtp', async () => {
			throw new Error('refused for anna@example.cat');
		});
		const { ready, checks } = await health.readiness();
		expect(ready).toBe(false);
		expect(checks).toEqual([
			{ name: 'store', ok: true },
			{ name: 'smtp', ok: false, reason: 'refused for [redacted]' },
		]);
	});

	it('reports a check that throws before any promise', async () => {
		const health = createHealth();
		health.register('odd', () => {
			throw new Error('at once');
		});
		expect((await health.readiness()).checks).toEqual([{ name: 'odd', ok: false, reason: 'at once' }]);
	});

	it('does not wait for a check longer than allowed, and tells it', async () => {
		const health = createHealth({ timeoutMs: 20 });
		let told: AbortSignal | undefined;
		health.register('stuck', (signal) => {
			told = signal;
			return new Promise(() => {});
		});
		expect(await health.readiness()).toEqual({ ready: false, checks: [{ name: 'stuck', ok: false, reason: 'no answer in 20 ms' }] });
		expect(told?.aborted).toBe(true);
	});

	it('asks a slow dependency once for all who ask meanwhile', async () => {
		const health = createHealth();
		const answer = Promise.withResolvers<void>();
		let asked = 0;
		health.register('slow', () => {
			asked++;
			return answer.promise;
		});
		const reports = [health.readiness(), health.readiness(), health.readiness()];
		answer.resolve();
		expect((await Promise.all(reports)).every((report) => report.ready)).toBe(true);
		expect(asked).toBe(1);
		await health.readiness();
		expect(asked).toBe(2);
	});

	it('keeps liveness apart: a dependency that is down is no reason to restart', async () => {
		const health = createHealth();
		health.register('store', async () => {
			throw new Error('down');
		});
		health.registerLiveness('loop', async () => {});
		expect(await health.liveness()).toEqual({ ready: true, checks: [{ name: 'loop', ok: true }] });
		expect((await health.readiness()).ready).toBe(false);
	});

	it('is not ready while draining, but alive', async () => {
		const health = createHealth();
		health.drain();
		expect(await health.readiness()).toMatchObject({ ready: false, checks: [{ name: 'draining', ok: false }] });
		expect((await health.liveness()).ready).toBe(true);
	});

	it('refuses two checks of one name', () => {
		const health = createHealth();
		health.register('store', async () => {});
		expect(() => health.registerLiveness('store', async () => {})).toThrow(TypeError);
	});
});

describe('combineReports', () => {
	it('is ready when all parts are, and names checks after their part', () => {
		const down = { ready: false, checks: [{ name: 'store', ok: false, reason: 'x' }] };
		const report = combineReports({ gateway: { ready: true, checks: [{ name: 'port', ok: true }] }, evidence: down });
		expect(report).toEqual({
			ready: false,
			checks: [
				{ name: 'gateway.port', ok: true },
				{ name: 'evidence.store', ok: false, reason: 'x' },
			],
		});
	});
});
