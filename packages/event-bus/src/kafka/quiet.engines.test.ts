import { randomUUID } from 'node:crypto';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import { expect, test } from 'vitest';
import { allDone, eventually, quick } from '../conformance/kit.ts';
import { openKafkaBus } from './index.ts';
import { kafkaTestTopics } from './testing.ts';

test('a bus that publishes and follows has nothing to warn of', async () => {
	const warnings: string[] = [];
	const heard = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`);
	process.on('warning', heard);
	const world = kafkaTestTopics();
	const topic = `quiet.${randomUUID()}`;
	await world.make([{ name: topic, groups: ['g'] }], 1);
	const silent = () => {};
	const said = { debug: silent, info: silent, error: silent, warn: (_: object, line: string) => void warnings.push(line) };
	const options = world.options();
	const bus = openKafkaBus({
		...options,
		connection: { ...options.connection, logger: said },
		clock: systemClock,
		onError: heard as never,
	});
	try {
		let got = 0;
		bus.follow({
			...quick,
			topics: [topic],
			group: 'g',
			handle: async (deliveries) => {
				got += deliveries.length;
				return allDone(deliveries);
			},
		});
		const at = new Date();
		await bus.publish([{ id: uuidv7(at), topic, key: 'k', type: 'x', at, headers: {}, body: Buffer.from('1') }]);
		await eventually('the message', () => got === 1, 20_000);
		await bus.close();
		expect(warnings).toEqual([]);
	} finally {
		await bus.close();
		await world.remove();
		process.off('warning', heard);
	}
});
