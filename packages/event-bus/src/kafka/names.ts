/** A topic and a group that follows it. */
export interface Subscription {
	readonly topic: string;
	readonly group: string;
}

/** A topic with the groups that follow it. */
export interface TopicPlan {
	readonly name: string;
	readonly groups: readonly string[];
}

/** Where the dead letters of a group on a topic are. */
export function deadLetterTopic({ topic, group }: Subscription): string {
	return `${topic}.${group}.dlq`;
}

/** What a group follows besides its topic: dead letters that were put back. */
export function retryTopic({ topic, group }: Subscription): string {
	return `${topic}${retrySuffix(group)}`;
}

/** What {@link retryTopic} adds to a topic's name. */
export function retrySuffix(group: string): string {
	return `.${group}.retry`;
}

/** Every pair of a plan. */
export function subscriptionsOf(plan: readonly TopicPlan[]): Subscription[] {
	return plan.flatMap(({ name, groups }) => groups.map((group) => ({ topic: name, group })));
}
