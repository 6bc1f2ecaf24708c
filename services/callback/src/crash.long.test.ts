import { fileURLToPath } from 'node:url';
import { acceptCallback, childService, idNotificacioOf, loggedCrashpoints, startCallbackReceiver, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';

const file = fileURLToPath(new URL('./testing/crash.fixture.ts', import.meta.url));

/** An installation in a folder of its own, and a receiver that refuses the first callback that it gets. */
async function installation() {
	const folder = temporaryFolder();
	let refused = false;
	const receiver = await startCallbackReceiver({
		respond: (request) => {
			if (refused) return acceptCallback(request);
			refused = true;
			return { status: 503 };
		},
	});
	const start = (crash?: { readonly at?: string; readonly log?: string }) =>
		childService({ file, args: [folder.path, receiver.url], ...(crash && { crash }) });
	return {
		folder,
		receiver,
		start,
		[Symbol.asyncDispose]: async () => {
			await receiver.close();
			await folder.remove();
		},
	};
}

test('killed at each of its crash points, it tells every change, in order, under one id each', { timeout: 300_000 }, async () => {
	await using tried = await installation();
	await using walk = await tried.start({ log: tried.folder.join('points') });
	await walk.waitLine(/^at rest/, 30_000);
	await walk.waitExit();
	const points = loggedCrashpoints(tried.folder.join('points')).filter((point) => point.startsWith('callback.'));
	expect(points).toEqual(
		expect.arrayContaining([
			'callback.secrets-key.before',
			'callback.endpoint.put.after',
			'callback.deliveries.record.before',
			'callback.delivery.send.before',
			'callback.delivery.send.after',
			'callback.deliveries.settle.after',
			'callback.endpoint.health.before',
			'callback.endpoint.lease.after',
		]),
	);
	for (const point of points) {
		for (const passing of point.startsWith('callback.deliver') ? [1, 3] : [1]) {
			await using house = await installation();
			await using killed = await house.start({ at: `${point}#${passing}` });
			const exit = await killed.waitExit(30_000);
			// Points that are passed fewer times than that let it live.
			expect(exit.signal ?? `${exit.code}`, `${point}#${passing}`).toBe(passing === 1 ? 'SIGKILL' : (exit.signal ?? '0'));
			await using again = await house.start();
			const [line] = await again.waitLine(/^at rest .*$/, 30_000);
			const deliveries = JSON.parse(line.slice('at rest '.length)) as [id: string, notificationId: number, told: string, state: string][];
			expect(deliveries, point).toHaveLength(6);
			expect(new Set(deliveries.map(([, , , state]) => state)), point).toEqual(new Set(['DELIVERY_STATE_DELIVERED']));
			const sent = house.receiver.requests.map((one) => one.headers.get('x-fefaent-delivery-id'));
			expect(new Set(sent), point).toEqual(new Set(deliveries.map(([id]) => id)));
			for (const id of ['1', '2', '3']) {
				const told = house.receiver.requests
					.filter((one) => idNotificacioOf(one) === id)
					.map((one) => /<Estat>(\w+)</.exec(String(one.body))?.[1]);
				expect([...new Set(told)], point).toEqual(['DIPOSITADA', 'ACCEPTADA']);
				expect(told.lastIndexOf('DIPOSITADA'), point).toBeLessThan(told.indexOf('ACCEPTADA'));
			}
		}
	}
});
