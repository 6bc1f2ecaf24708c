import type { Delivery } from '../port.ts';
import type { KafkaBus } from './bus.ts';
import type { TopicPlan } from './names.ts';

/** The topics and groups of one installation, on a cluster that it shares with others. */
export function namespacedTopics(prefix: string, topics: readonly TopicPlan[]): readonly TopicPlan[] {
	return topics.map(({ name, groups }) => ({ name: prefix + name, groups: groups.map((group) => prefix + group) }));
}

/**
 * A bus whose topics and groups are called otherwise on the cluster: `prefix` stands before each of their names there, and nowhere else.
 * @param bus made with {@link namespacedTopics} of the same prefix
 */
export function namespacedBus(prefix: string, bus: KafkaBus): KafkaBus {
	if (prefix === '') return bus;
	const out = (name: string) => prefix + name;
	const home = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
	const filterOf = <F extends { readonly topic?: string; readonly group?: string }>(filter: F | undefined): F =>
		({
			...filter,
			...(filter?.topic !== undefined && { topic: out(filter.topic) }),
			...(filter?.group !== undefined && { group: out(filter.group) }),
		}) as F;
	return {
		publish: (messages) => bus.publish(messages.map((message) => ({ ...message, topic: out(message.topic) }))),
		follow: (options) =>
			bus.follow({
				...options,
				group: out(options.group),
				topics: options.topics.map(out),
				handle: (batch) => options.handle(batch.map((delivery): Delivery => ({ ...delivery, topic: home(delivery.topic) }))),
			}),
		deadLetters: async (filter) =>
			(await bus.deadLetters(filterOf(filter))).map((letter) => ({ ...letter, topic: home(letter.topic), group: home(letter.group) })),
		redrive: (filter) => bus.redrive(filterOf(filter)),
		lag: async () => (await bus.lag()).map((one) => ({ ...one, topic: home(one.topic), group: home(one.group) })),
		ping: () => bus.ping(),
		close: () => bus.close(),
	};
}
