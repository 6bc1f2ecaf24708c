import { describe, expect, it } from 'vitest';
import { growthOf, leastSeconds } from './growth.ts';

/** Ten minutes of samples, one a second. */
const samplesOf = (memoryAt: (second: number) => number, seconds = 600) => Array.from({ length: seconds }, (_, second) => memoryAt(second));

/** Noise between 0 and 1, the same in every run. */
const noise = (second: number) => {
	const x = Math.sin(second * 12.9898) * 43_758.5453;
	return x - Math.floor(x);
};

/** Garbage that grows by `height` megabytes until it is collected after `period` seconds. */
const sawtooth = (second: number, period: number, height: number) => ((second % period) / period) * height;

/** Caches, pools and compiled code, complete after three minutes. */
const warmUp = (second: number) => 120 * Math.min(1, second / 180);

describe('flat', () => {
	it.each<[string, (second: number) => number]>([
		['a line', () => 200],
		['noise', (second) => 200 + 30 * noise(second)],
		['a warm-up', (second) => 80 + warmUp(second)],
		['a quick sawtooth', (second) => 80 + warmUp(second) + sawtooth(second, 7, 60)],
		['a slow sawtooth that rises at the end', (second) => 200 + sawtooth(second + 25, 31, 80)],
		['a sawtooth of a process that has little to do', (second) => 200 + sawtooth(second, 121, 30)],
		['a single peak', (second) => (second > 500 && second < 510 ? 500 : 200)],
		['what gets smaller', (second) => 300 - second / 10],
	])('%s', (_, memoryAt) => expect(growthOf(samplesOf(memoryAt), 1)).toMatchObject({ flat: true }));
});

describe('not flat', () => {
	const leaks: [string, number, (second: number) => number][] = [
		['10 MB a minute', 600, (second) => 200 + second / 6],
		['10 MB a minute under a sawtooth', 600, (second) => 80 + warmUp(second) + second / 6 + sawtooth(second, 13, 80)],
		['3 MB a minute under noise', 180, (second) => 200 + second / 20 + 20 * noise(second)],
		// 44 MB in 200 s were let pass when thirds of the time were compared.
		['a step of 20 MB every 100 s', 720, (second) => 200 + 20 * Math.floor(second / 100)],
	];
	it.each(leaks)('%s', (_, perHour, memoryAt) => {
		const { flat, mbPerHour } = growthOf(samplesOf(memoryAt), 1);
		expect(flat).toBe(false);
		expect(mbPerHour / perHour).toBeGreaterThan(0.7);
		expect(mbPerHour / perHour).toBeLessThan(1.3);
	});
});

it('knows how far samples are apart', () => {
	const samples = samplesOf((second) => 200 + second / 6);
	expect(growthOf(samples, 10).mbPerHour).toBeCloseTo(60, 0);
	expect(growthOf(samples, 10).flat).toBe(true);
});

it('says nothing of too few samples', () => {
	expect(() =>
		growthOf(
			samplesOf(() => 200, leastSeconds / 2),
			1,
		),
	).toThrow(RangeError);
	expect(
		growthOf(
			samplesOf(() => 200, leastSeconds),
			1,
		),
	).toEqual({ mbPerHour: 0, size: 200, flat: true });
});
