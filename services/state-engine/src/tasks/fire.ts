import { firingOf } from '../domain/instance.ts';
import type { ActionParams, WorkflowAction, WorkflowTask } from '../domain/workflow.ts';
import { asDomainError, stateEngineError } from '../errors.ts';
import type { ClaimedTimer } from '../store/port.ts';
import { findWorkflow, workflowName } from '../workflows/registry.ts';
import { decide } from './decide.ts';
import { purge } from './purge.ts';
import { remind } from './remind.ts';
import type { Fired, Task, TaskDeps } from './task.ts';

const tasks: { readonly [T in WorkflowTask['type']]: Task<ActionParams[T]> } = { decide, remind, purge };

/**
 * Fires timers, each of another notification: asks their workflows what is to be done, and does it in one batch for each kind of task.
 * @returns one outcome for each, in order; never rejects
 */
export async function fire(timers: readonly ClaimedTimer[], deps: TaskDeps): Promise<readonly Fired[]> {
	// A timer that its workflow has no use for where it stands now is done.
	const fired: Fired[] = timers.map(() => ({ kind: 'done' }));
	const wanted: { timer: ClaimedTimer; task: WorkflowTask; index: number }[] = [];
	timers.forEach((timer, index) => {
		const workflow = findWorkflow(timer.workflow, timer.workflowVersion);
		if (workflow === undefined) {
			const name = workflowName(timer.workflow, timer.workflowVersion);
			fired[index] = { kind: 'failed', error: stateEngineError('WORKFLOW_UNKNOWN', { workflow: name }) };
			return;
		}
		const { actions } = workflow.next(timer.position, firingOf(timer, timer.others, deps.clock.now()));
		const task = actions.find(isTask);
		if (task !== undefined) wanted.push({ timer, task, index });
	});
	const groups = Map.groupBy(wanted, ({ task }) => task.type);
	await Promise.all(
		[...groups].map(async ([type, group]) => {
			const outcomes = await perform(type, group, deps);
			group.forEach(({ index }, position) => {
				const outcome = outcomes[position];
				if (outcome !== undefined) fired[index] = outcome;
			});
		}),
	);
	return fired;
}

async function perform(
	type: WorkflowTask['type'],
	group: readonly { timer: ClaimedTimer; task: WorkflowTask }[],
	deps: TaskDeps,
): Promise<readonly Fired[]> {
	// The group was made by the task's type, which is what the parameters go with.
	const task = tasks[type] as Task<WorkflowTask['params']>;
	try {
		return await task(
			group.map(({ timer, task: { params } }) => ({ timer, params })),
			deps,
		);
	} catch (error) {
		return group.map(() => ({ kind: 'failed', error: asDomainError(error) }));
	}
}

function isTask(action: WorkflowAction): action is WorkflowTask {
	return action.type in tasks;
}
