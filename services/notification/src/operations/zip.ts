import type { ExportFile, Notification } from '@fefaent/contracts/notification';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { instantAfter } from '../domain/record.ts';

/** The name of the record itself within the zip. */
export const recordName = 'notification.json';

/**
 * The zip of a notification: its record as readable JSON, and the given files. The same input gives the same bytes on one machine.
 * @param earlier the zip that was written before, whose files stay unless given anew with content: their owner may have forgotten them since
 */
export function exportZip(notification: Notification, files: readonly ExportFile[], earlier: Uint8Array | undefined): Uint8Array {
	const entries: Record<string, Uint8Array> = earlier ? unzipSync(earlier) : {};
	for (const { name, content } of files) {
		if (content.length > 0 || !Object.hasOwn(entries, name)) entries[name] = content;
	}
	entries[recordName] = new TextEncoder().encode(`${JSON.stringify(readable(notification), undefined, '\t')}\n`);
	const mtime = instantAfter(notification, new Date(0));
	const zippable: Zippable = Object.fromEntries(Object.entries(entries).map(([name, content]) => [name, [content, { mtime }]]));
	return zipSync(zippable);
}

/** Dates as ISO 8601, bytes as base64, absent fields left out. */
function readable(value: unknown): unknown {
	if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
	if (value instanceof Date) return value.toISOString();
	if (Array.isArray(value)) return value.map(readable);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, one]) => one !== undefined)
			.map(([name, one]) => [name, readable(one)]),
	);
}
