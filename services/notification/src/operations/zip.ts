import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ExportFile, Notification } from '@fefaent/contracts/notification';
import { unzip, Zip, type ZipInputFile } from 'fflate';
import { instantAfter } from '../domain/record.ts';

/** The name of the record itself within the zip. */
export const recordName = 'notification.json';

/**
 * The zip of a notification: its record as readable JSON, and the given files. The same input gives the same bytes on one machine. Compression is done
 * outside the event loop, one file after the other.
 * @param earlier the zip that was written before, whose files stay unless given anew with content: their owner may have forgotten them since
 */
export async function exportZip(
	notification: Notification,
	files: readonly ExportFile[],
	earlier: Uint8Array | undefined,
): Promise<Uint8Array> {
	const entries: Record<string, Uint8Array> = earlier ? await promisify(unzip)(earlier) : {};
	for (const { name, content } of files) {
		if (content.length > 0 || !Object.hasOwn(entries, name)) entries[name] = content;
	}
	entries[recordName] = new TextEncoder().encode(`${JSON.stringify(readable(notification), undefined, '\t')}\n`);
	return zipOf(entries, instantAfter(notification, new Date(0)));
}

async function zipOf(entries: Readonly<Record<string, Uint8Array>>, mtime: Date): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	const zip = new Zip((error, chunk) => {
		if (error) throw error;
		chunks.push(chunk);
	});
	for (const [filename, content] of Object.entries(entries)) {
		const { deflated, crc } = await deflate(content);
		const file: ZipInputFile = { filename, size: content.length, crc, compression: 8, mtime };
		zip.add(file);
		file.ondata?.(null, deflated, true);
	}
	zip.end();
	return Buffer.concat(chunks);
}

/** What a zip holds of a file is what a gzip does, between a header of 10 bytes and a trailer that begins with the checksum (RFC 1952, section 2.3). */
async function deflate(content: Uint8Array): Promise<{ readonly deflated: Uint8Array<ArrayBuffer>; readonly crc: number }> {
	const zipped = await promisify(gzip)(content);
	return { deflated: zipped.subarray(10, -8), crc: zipped.readUInt32LE(zipped.length - 8) };
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
