import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import type {
	ActionParams,
	Workflow,
	WorkflowAction,
	WorkflowEvent,
	WorkflowFacts,
	WorkflowPosition,
	WorkflowStep,
} from '../domain/workflow.ts';

const nothing = (): void => {};

/**
 * The actions of every machine. They do nothing by themselves: `transition` hands them out with their parameters and the engine
 * carries them out.
 */
export const workflowActions = {
	scheduleTimer: nothing as (_: unknown, params: ActionParams['scheduleTimer']) => void,
	cancelTimers: nothing as (_: unknown, params: ActionParams['cancelTimers']) => void,
	decide: nothing as (_: unknown, params: ActionParams['decide']) => void,
	remind: nothing as (_: unknown, params: ActionParams['remind']) => void,
	purge: nothing as (_: unknown, params: ActionParams['purge']) => void,
};

/**
 * Makes a {@link Workflow} of an XState machine whose context are the facts and whose actions are {@link workflowActions}.
 * @param provedTimers kinds of its timers whose task has to be proved
 */
export function workflowOf(name: string, version: number, machine: AnyStateMachine, provedTimers: readonly string[]): Workflow {
	return {
		name,
		version,
		provedTimers: new Set(provedTimers),
		start: (facts) => stepOf(facts, initialTransition(machine, facts)),
		next: ({ state, facts }, event) =>
			stepOf(facts, transition(machine, machine.resolveState({ value: JSON.parse(state), context: facts }), event satisfies WorkflowEvent)),
	};
}

function stepOf(
	facts: WorkflowFacts,
	[snapshot, actions]: [AnyMachineSnapshot, readonly { type: string; params: unknown }[]],
): WorkflowStep {
	const position: WorkflowPosition = { state: JSON.stringify(snapshot.value), facts };
	return { position, actions: actions.flatMap(actionOf), ended: snapshot.status === 'done' };
}

/** Machines are typed by `setup({ actions: workflowActions })`, so an action's type tells its parameters. XState's own (assign, raise) are done already. */
function actionOf({ type, params }: { type: string; params: unknown }): WorkflowAction[] {
	return type in workflowActions ? [{ type, params } as WorkflowAction] : [];
}
