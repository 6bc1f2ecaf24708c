import type { Instance, InstanceStep, Timer } from '../../domain/instance.ts';
import { derived, timerFields } from './pipelines.ts';
import { type InstanceFields, shardCount, type TimerFields } from './schema.ts';

/** An instance as the domain knows it: its timers by when they are due. */
export function instanceOf(fields: InstanceFields): Instance {
	const { _id, workflow, workflowVersion, state, facts, notificationVersion, revision } = fields;
	return {
		notificationId: _id,
		workflow,
		workflowVersion,
		position: { state, facts: JSON.parse(facts) },
		notificationVersion,
		revision,
		timers: fields.timers.map(timerOf).sort((one, other) => Number(one.dueAt) - Number(other.dueAt) || one.kind.localeCompare(other.kind)),
	};
}

/** The document of a new instance. */
export function newDocument({ instance, schedule }: InstanceStep): InstanceFields {
	const { notificationId, workflow, workflowVersion, position, notificationVersion, revision } = instance;
	const timers = schedule.map(timerFields);
	return {
		_id: notificationId,
		workflow,
		workflowVersion,
		state: position.state,
		facts: JSON.stringify(position.facts),
		notificationVersion,
		revision,
		timers,
		shard: notificationId % shardCount,
		...derived(timers),
	};
}

function timerOf({ kind, dueAt, proved, attempts, traceparent }: TimerFields): Timer {
	return { kind, dueAt, proved, attempts, traceparent };
}
