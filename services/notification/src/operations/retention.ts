import type { ExportItem, Notification } from '@fefaent/contracts/notification';
import { liveOf } from '../domain/decision.ts';
import { exportKey, isExported, markExported, mayLeave, purge as purgeOne } from '../domain/retention.ts';
import { notificationError } from '../errors.ts';
import { changeAll } from './change.ts';
import type { OperationDeps } from './deps.ts';
import { exportZip } from './zip.ts';

/**
 * Writes exports: first the zip, durably, then its mark on the notification, which says what version the zip holds. A crash between the two
 * writes the same zip again. One whose zip cannot be written is left out and logged: it holds no other one up.
 * @returns ids of those that have a current export
 */
export async function exportAll(deps: OperationDeps, items: readonly ExportItem[]): Promise<readonly number[]> {
	const found = await deps.store.getMany(items.map((item) => item.id));
	const written: { readonly id: number; readonly version: number }[] = [];
	for (const item of items) {
		const notification = liveOf(found.get(item.id));
		if (!notification || !mayLeave(notification)) continue;
		if (!isExported(notification) && !(await zipWritten(deps, notification, item))) continue;
		written.push({ id: item.id, version: notification.version });
	}
	const marked = await changeAll(deps, 'export', written, (stored, { version }, now) => markExported(liveOf(stored), version, now));
	return written.filter((_, index) => marked[index]).map(({ id }) => id);
}

/** @returns whether the zip is there, durably */
async function zipWritten({ blobs, logger }: OperationDeps, notification: Notification, item: ExportItem): Promise<boolean> {
	try {
		const key = exportKey(notification);
		await blobs.put(key, await exportZip(notification, item.files, await blobs.get(key)));
		return true;
	} catch (error) {
		logger.error({ err: error, notificationId: notification.id }, 'an export could not be written');
		return false;
	}
}

/** Removes notifications. @returns ids of those that are gone, now or before */
export async function purgeAll(deps: OperationDeps, ids: readonly number[]): Promise<readonly number[]> {
	const commands = ids.map((id) => ({ id }));
	const gone = await changeAll(deps, 'purge', commands, (stored, _, now) => purgeOne(stored, now));
	return ids.filter((_, index) => gone[index]);
}

/** The export of a notification. @throws `EXPORT_UNKNOWN` */
export async function readExport(deps: OperationDeps, id: number): Promise<{ readonly issuerCode: string; readonly zip: Uint8Array }> {
	const stored = (await deps.store.getMany([id])).get(id);
	const found =
		stored?.kind === 'purged'
			? { issuerCode: stored.tombstone.issuerCode, key: stored.tombstone.exportKey }
			: { issuerCode: stored?.notification.draft?.issuer?.code ?? '', key: stored?.notification.exported?.key };
	const zip = found.key === undefined ? undefined : await deps.blobs.get(found.key);
	if (!zip) throw notificationError('EXPORT_UNKNOWN', { id: String(id) });
	return { issuerCode: found.issuerCode, zip };
}
