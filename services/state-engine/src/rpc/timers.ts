import type { ListTimersRequest, ListTimersResponse, RetryRequest, RetryResponse } from '@fefaent/contracts/lifecycle';
import { NotificationView, State } from '@fefaent/contracts/notification';
import { currentTraceparent, traceIdOf } from '@fefaent/service-kit';
import { distinct } from '../domain/batches.ts';
import { newsOfNotification, nudge } from '../domain/progress.ts';
import { follower } from '../transitions/follow.ts';
import { findWorkflow, workflowFor, workflowName } from '../workflows/registry.ts';
import { checkBatch, type HandlerDeps, load } from './deps.ts';

/** Lists instances with their timers. */
export async function listTimers(request: ListTimersRequest, { store }: HandlerDeps): Promise<ListTimersResponse> {
	checkBatch(request.ids);
	const instances = await store.getMany(distinct(request.ids));
	return {
		workflows: instances
			.filter((instance) => instance !== undefined)
			.map(({ notificationId, workflow, workflowVersion, position, timers }) => ({
				id: notificationId,
				definition: workflowName(workflow, workflowVersion),
				state: stateText(JSON.parse(position.state)),
				timers: timers.map(({ kind, dueAt, attempts, traceparent }) => ({ kind, dueAt, attempts, traceId: traceIdOf(traceparent) })),
			})),
	};
}

/** Schedules failed deposits again. What the notification says counts, not what the instance has heard of it so far. */
export async function retry(request: RetryRequest, deps: HandlerDeps): Promise<RetryResponse> {
	checkBatch(request.ids);
	const notifications = await load(request.ids, NotificationView.CASE, deps);
	const failed = [...notifications.values()].filter((notification) => notification.state === State.FAILED);
	const at = deps.clock.now().getTime();
	const traceparent = currentTraceparent();
	const results = await follower(deps.store)(
		failed.map((notification) => ({
			id: notification.id,
			step: (instance) =>
				nudge(instance, newsOfNotification(notification, traceparent), { type: 'RETRY', at }, { workflowFor, findWorkflow }, deps.calendar),
		})),
	);
	return { retriedIds: failed.filter((_, index) => results[index]?.kind === 'changed').map((notification) => notification.id) };
}

/** A machine's state as one word, a nested one as a path: `deposited`, `attempting.digital`. */
function stateText(value: unknown): string {
	if (typeof value !== 'object' || value === null) return String(value);
	return Object.entries(value)
		.map(([name, inner]) => `${name}.${stateText(inner)}`)
		.join(' ');
}
