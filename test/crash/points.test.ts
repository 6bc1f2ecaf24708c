import { expect, test } from 'vitest';
import { elsewhere } from './elsewhere.ts';
import { crashpointsOfSource } from './points.ts';

test('every crash point of the source has a name that can be told, those put together included', () => {
	const points = crashpointsOfSource('standalone');
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

test('each way of running has the points of its own adapters, and of what both run', () => {
	const [standalone, distributed] = [crashpointsOfSource('standalone'), crashpointsOfSource('distributed')];
	const own = (points: readonly string[], others: readonly string[]) => points.filter((point) => !others.includes(point));
	expect(own(distributed, standalone)).toEqual(
		expect.arrayContaining(['bus.redrive.published', 'notification.blob.uploaded', 'rpc.client.sending', 'rpc.server.answering']),
	);
	expect(own(standalone, distributed)).toEqual(
		expect.arrayContaining([
			'bus.log.before-sweep',
			'notification.blob.before-rename',
			'store.gateway.before-commit',
			'standalone.pid.after',
		]),
	);
	expect(distributed).toEqual(
		expect.arrayContaining(['engine.claim.after', 'gateway.credential.touched.after', 'outbox.notification.published']),
	);
});

test('a call whose names cannot be told is no secret', () => {
	const source = new Map([['services/x/src/x.ts', "await crashpoint('x.y.z');\nawait crashpoint(made(up));"]]);
	expect(() => crashpointsOfSource('standalone', source)).toThrow('services/x/src/x.ts: which crash points crashpoint(made(up)) names');
});

test('the list of points that the matrix leaves to other suites names points that exist', () => {
	for (const way of ['standalone', 'distributed'] as const) {
		const points = crashpointsOfSource(way);
		expect(Object.keys(elsewhere[way]).filter((point) => !points.includes(point))).toEqual([]);
	}
});
