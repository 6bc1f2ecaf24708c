import { expect, test } from 'vitest';
import { elsewhere } from './elsewhere.ts';
import { crashpointsOfSource } from './points.ts';

test('every crash point of the source has a name that can be told, those put together included', () => {
	const points = crashpointsOfSource();
	expect(points).toEqual(
		expect.arrayContaining([
			'bus.log.before-append',
			'evidence.trust.test-signer-ecdsa-p256.before-write',
			'gateway.administrations.seeded.before',
			'gateway.credential.touched.after',
			'gateway.enotumlite.before-answer',
			'notification.purge.after-store',
			'outbox.notification.published',
			'store.gateway.before-commit',
			'store.state-engine.after-commit',
		]),
	);
	expect(points.every((point) => /^[a-z]+(?:\.[\w-]+)+$/.test(point))).toBe(true);
});

test('a call whose names cannot be told is no secret', () => {
	const source = new Map([['services/x/src/x.ts', "await crashpoint('x.y.z');\nawait crashpoint(made(up));"]]);
	expect(() => crashpointsOfSource(source)).toThrow('services/x/src/x.ts: which crash points crashpoint(made(up)) names');
});

test('the list of points that the matrix leaves to other suites names points that exist', () => {
	const points = crashpointsOfSource();
	expect(Object.keys(elsewhere).filter((point) => !points.includes(point))).toEqual([]);
});
