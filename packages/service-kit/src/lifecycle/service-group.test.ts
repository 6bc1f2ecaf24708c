import { describe, expect, it } from 'vitest';
import type { Service } from './service.ts';
import { ServiceGroup } from './service-group.ts';

/** Tells what happens to it. */
function service(name: string, told: string[], change: Partial<Service> = {}): Service {
	return {
		name,
		rpc: [],
		start: async () => void told.push(`start ${name}`),
		stop: async () => void told.push(`stop ${name}`),
		readiness: async () => ({ ready: true, checks: [{ name: 'store', ok: true }] }),
		backlog: async () => 2,
		...change,
	};
}

const resource = (name: string, told: string[]) => ({ close: async () => void told.push(`close ${name}`) });

describe('a group of services', () => {
	it('starts in order and stops the other way round, once', async () => {
		const told: string[] = [];
		const group = new ServiceGroup();
		for (const name of ['a', 'b']) {
			group.keep(resource(name, told));
			group.add(service(name, told));
		}
		await group.start();
		await Promise.all([group.stop(), group.stop()]);
		expect(told).toEqual(['start a', 'start b', 'stop b', 'close b', 'stop a', 'close a']);
	});

	it('stops the others when one cannot start or stop, and closes what was kept for one that never came to be', async () => {
		const told: string[] = [];
		const group = new ServiceGroup();
		const fails = async () => {
			throw new Error('no');
		};
		group.add(service('a', told));
		group.add(service('b', told, { start: fails, stop: fails }));
		group.add(service('c', told));
		group.keep(resource('d', told));
		await expect(group.start()).rejects.toThrow('no');
		await expect(group.stop()).rejects.toThrow('no');
		expect(told).toEqual(['start a', 'close d', 'stop c', 'stop a']);
	});

	it('is ready when all are, and has the work of all', async () => {
		const group = new ServiceGroup();
		expect(await group.nextDue()).toBeUndefined();
		const report = { ready: false, checks: [{ name: 'store', ok: false, reason: 'gone' }] };
		group.add(service('a', [], { nextDue: async () => new Date(2_000) }));
		expect(await group.readiness()).toMatchObject({ ready: true });
		group.add(service('b', [], { nextDue: async () => new Date(1_000), readiness: async () => report }));
		group.add(service('c', [], { nextDue: async () => undefined }));
		expect(await group.readiness()).toMatchObject({ ready: false, checks: [{}, { name: 'b.store', reason: 'gone' }, {}] });
		expect([await group.backlog(), await group.nextDue()]).toEqual([6, new Date(1_000)]);
	});
});
