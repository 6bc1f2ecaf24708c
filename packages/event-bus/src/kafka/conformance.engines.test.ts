import { systemClock } from '@fefaent/kernel';
import { describe, test } from 'vitest';
import { busConformance } from '../conformance.ts';
import { openKafkaBus } from './index.ts';
import { kafkaTestTopics } from './testing.ts';

describe('the bus on Kafka', () => {
	test.each(busConformance.map((one) => [one.name, one] as const))('%s', async (_, one) => {
		const world = kafkaTestTopics();
		try {
			await one.run({
				prepare: async (topics, groups) => await world.make(topics.map((name) => ({ name, groups }))),
				open: async () => openKafkaBus({ ...world.options(), clock: systemClock, onError: () => {} }),
			});
		} finally {
			await world.remove();
		}
	});
});
