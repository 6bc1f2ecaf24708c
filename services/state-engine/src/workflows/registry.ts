import { Dialect } from '@fefaent/contracts/notification';
import type { Workflow } from '../domain/workflow.ts';
import { enotumV1 } from './enotum.v1.ts';

/** Every released version of every life cycle: instances keep to the one that they were started with. */
const released: readonly Workflow[] = [enotumV1];

/** The life cycle that new notifications of each dialect get. */
const current: ReadonlyMap<Dialect, Workflow> = new Map([
	[Dialect.ENOTUMLITE_SEED, enotumV1],
	[Dialect.ENOTUMLITE_HEAD, enotumV1],
]);

const byName = new Map(released.map((workflow) => [workflowName(workflow.name, workflow.version), workflow]));

/** Name and version as one word: `enotum.v1`. */
export function workflowName(name: string, version: number): string {
	return `${name}.v${version}`;
}

/** The workflow of that name and version, if it was ever released. */
export function findWorkflow(name: string, version: number): Workflow | undefined {
	return byName.get(workflowName(name, version));
}

/** The workflow for a new notification of a dialect. */
export function workflowFor(dialect: Dialect): Workflow | undefined {
	return current.get(dialect);
}
