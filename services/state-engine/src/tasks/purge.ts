import type { Evidence } from '@fefaent/contracts/evidence';
import type { ExportItem, Notification } from '@fefaent/contracts/notification';
import { crashpoint } from '@fefaent/kernel';
import { type CalendarSettings, dueAt } from '../domain/calendar.ts';
import { stateSince } from '../domain/progress.ts';
import { isAtRest } from '../domain/states.ts';
import { stateEngineError } from '../errors.ts';
import type { Fired, Task, TaskDeps } from './task.ts';

/** Most evidences that one call reads. */
const maxKeys = 200;

/**
 * Ends the life in the system of notifications at rest: they are exported with their evidences, then purged. The evidences' documents go only once the
 * notification is gone for good, with its PURGED event: until then a change of mind (a cancellation) needs them for a new export.
 * One that is not at rest is left alone: its retention is set anew when it comes to rest.
 */
export const purge: Task<unknown> = async (firings, deps) => {
	const { results } = await deps.notifications.get({ ids: firings.map(({ timer }) => timer.notificationId) });
	const fired: Fired[] = results.map(({ notification }) => readiness(notification, deps));
	const ready = results
		.flatMap(({ notification }, index) => (notification !== undefined && fired[index]?.kind === 'done' ? [notification] : []))
		.filter((notification) => isAtRest(notification.state));
	if (ready.length === 0) return fired;
	const complete = await withFiles(ready, deps);
	const exported = await exportAll(complete, deps);
	const purged = new Set(await purgeAll(exported, deps));
	const items = new Set(complete.map((item) => item.id));
	const wanted = new Set(ready.map((notification) => notification.id));
	return results.map(({ id }, index): Fired => {
		if (!wanted.has(id) || purged.has(id)) return fired[index] ?? { kind: 'done' };
		// Changed while it was exported, or not all there.
		return { kind: 'failed', error: stateEngineError(items.has(id) ? 'EXPORT_MISSING' : 'EVIDENCE_MISSING') };
	});
};

/** `done` stands for ready, or for nothing to do. */
function readiness(notification: Notification | undefined, { clock, calendar }: TaskDeps): Fired {
	if (notification === undefined) return { kind: 'gone' };
	if (!isAtRest(notification.state)) return { kind: 'done' };
	if (notification.claim !== undefined) return { kind: 'failed', error: stateEngineError('CLAIM_PENDING') };
	const end = graceEnd(notification, calendar);
	return end > clock.now().getTime() ? { kind: 'later', dueAt: new Date(end) } : { kind: 'done' };
}

/** A timer may be older than the news of the last state: its grace counts all the same. */
function graceEnd(notification: Notification, calendar: CalendarSettings): number {
	return dueAt({ rule: 'period', from: stateSince(notification), period: 'grace' }, calendar);
}

/** The exports of those whose evidences are all there. */
async function withFiles(notifications: readonly Notification[], { evidences }: TaskDeps): Promise<readonly ExportItem[]> {
	const keys = notifications.flatMap(({ id, evidences: refs }) => refs.map(({ transition }) => ({ notificationId: id, transition })));
	const found: (Evidence | undefined)[] = [];
	for (let first = 0; first < keys.length; first += maxKeys) {
		const { results } = await evidences.get({ keys: keys.slice(first, first + maxKeys) });
		found.push(...results.map((result) => result.evidence));
	}
	const files = Map.groupBy(
		found.filter((evidence) => evidence !== undefined && evidence.xml.length > 0),
		(evidence) => evidence?.notificationId,
	);
	return notifications.flatMap(({ id, evidences: refs }) => {
		const own = (files.get(id) ?? []).flatMap((evidence) =>
			evidence === undefined ? [] : [{ name: `evidence-${fileWord(evidence.transition)}.xml`, content: evidence.xml }],
		);
		return own.length === refs.length ? [{ id, files: own }] : [];
	});
}

function fileWord(transition: string): string {
	return transition.replace('TRANSITION_', '').toLowerCase();
}

async function exportAll(items: readonly ExportItem[], { notifications }: TaskDeps): Promise<readonly number[]> {
	if (items.length === 0) return [];
	await crashpoint('engine.export.before');
	const { exportedIds } = await notifications.export({ items: [...items] });
	await crashpoint('engine.export.after');
	return exportedIds;
}

async function purgeAll(ids: readonly number[], { notifications }: TaskDeps): Promise<readonly number[]> {
	if (ids.length === 0) return [];
	await crashpoint('engine.purge.before');
	const { purgedIds } = await notifications.purge({ ids: [...ids] });
	await crashpoint('engine.purge.after');
	return purgedIds;
}
