import { type ExportItem, isAtRest, type Notification, NotificationView } from '@fefaent/contracts/notification';
import { crashpoint, DomainError } from '@fefaent/kernel';
import { inHalves } from '@fefaent/service-kit';
import { portions } from '../domain/batches.ts';
import { type CalendarSettings, dueAt } from '../domain/calendar.ts';
import { stateSince } from '../domain/progress.ts';
import { stateEngineError } from '../errors.ts';
import type { Fired, Task, TaskDeps } from './task.ts';

/** Most notifications whose evidences are held at once, and most bytes that one call carries: what a purge costs does not depend on how many are due. */
const limits = { items: 10, weight: 4 << 20 };

/**
 * Ends the life in the system of notifications at rest: they are exported with their evidences, then purged. The evidences' documents go only once the
 * notification is gone for good, with its PURGED event: until then a change of mind (a cancellation) needs them for a new export.
 * One that is not at rest is left alone: its retention is set anew when it comes to rest.
 */
export const purge: Task<unknown> = async (firings, deps) => {
	const ids = firings.map(({ timer }) => timer.notificationId);
	const found = await inHalves(ids, async (some) => (await deps.notifications.get({ ids: some, view: NotificationView.CASE })).results);
	const fired = found.map(
		(one): Fired => (one instanceof DomainError ? { kind: 'failed', error: one } : readiness(one.notification, deps)),
	);
	const ready = found
		.flatMap((one, index) => (!(one instanceof DomainError) && one.notification && fired[index]?.kind === 'done' ? [one.notification] : []))
		.filter((notification) => isAtRest(notification.state));
	if (ready.length === 0) return fired;
	const items = new Set<number>();
	const purged = new Set<number>();
	for (const some of portions(ready, limits, () => 0)) {
		for (const complete of portions(await withFiles(some, deps), limits, bytesOf)) {
			for (const { id } of complete) items.add(id);
			for (const id of await purgeAll(await exportAll(complete, deps), deps)) purged.add(id);
		}
	}
	const wanted = new Set(ready.map((notification) => notification.id));
	return ids.map((id, index): Fired => {
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
	const results = await inHalves(keys, async (some) => (await evidences.get({ keys: some })).results);
	const found = results.flatMap((one) => (one instanceof DomainError || !one.evidence?.xml.length ? [] : [one.evidence]));
	const files = Map.groupBy(found, (evidence) => evidence.notificationId);
	return notifications.flatMap(({ id, evidences: refs }) => {
		const own = (files.get(id) ?? []).map(({ transition, xml }) => ({ name: `evidence-${fileWord(transition)}.xml`, content: xml }));
		return own.length === refs.length ? [{ id, files: own }] : [];
	});
}

function bytesOf({ files }: ExportItem): number {
	return files.reduce((bytes, { content }) => bytes + content.length, 0);
}

function fileWord(transition: string): string {
	return transition.replace('TRANSITION_', '').toLowerCase();
}

async function exportAll(items: readonly ExportItem[], { notifications }: TaskDeps): Promise<readonly number[]> {
	if (items.length === 0) return [];
	await crashpoint('engine.export.before');
	// One too large for a message is not exported, and holds no other up.
	const exported = await inHalves(items, async (some) => {
		const { exportedIds } = await notifications.export({ items: some });
		return some.map(({ id }) => exportedIds.includes(id));
	});
	await crashpoint('engine.export.after');
	return items.flatMap(({ id }, index) => (exported[index] === true ? [id] : []));
}

async function purgeAll(ids: readonly number[], { notifications }: TaskDeps): Promise<readonly number[]> {
	if (ids.length === 0) return [];
	await crashpoint('engine.purge.before');
	const { purgedIds } = await notifications.purge({ ids: [...ids] });
	await crashpoint('engine.purge.after');
	return purgedIds;
}
