import { afterEach, expect, test } from 'vitest';
import { announcedCrashpoints, armCrashpoints, crashpoint } from './crashpoint.ts';

afterEach(() => armCrashpoints(undefined));

test('does nothing unarmed but be known by name', () => {
	expect(crashpoint('kernel.test.one')).toBeUndefined();
	expect(announcedCrashpoints()).toContain('kernel.test.one');
});

test('armed, it can hold its caller or throw', async () => {
	const gate = Promise.withResolvers<void>();
	armCrashpoints((name) => {
		if (name === 'kernel.test.throw') throw new Error('here');
		return gate.promise;
	});
	let passed = false;
	const held = (async () => {
		await crashpoint('kernel.test.hold');
		passed = true;
	})();
	await Promise.resolve();
	expect(passed).toBe(false);
	gate.resolve();
	await held;
	expect(() => crashpoint('kernel.test.throw')).toThrow('here');
});
