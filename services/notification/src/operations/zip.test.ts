import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { entered } from '../testing/fixtures.ts';
import { exportZip, recordName } from './zip.ts';

const file = (name: string, content: Uint8Array) => ({ name, content });
/** As hard to compress as an evidence full of certificates. */
const large = (bytes: number) => Buffer.from(randomBytes(bytes / 2).toString('hex'));

it('holds the record and the files, byte for byte', async () => {
	const files = [file('empty.xml', new Uint8Array()), file('small.xml', Buffer.from('<à/>')), file('large.xml', large(3_000_000))];
	const entries = unzipSync(await exportZip(entered(), files, undefined));
	expect(Object.keys(entries)).toEqual([...files.map(({ name }) => name), recordName]);
	for (const { name, content } of files) expect(Buffer.compare(entries[name] ?? new Uint8Array(1), content)).toBe(0);
	expect(JSON.parse(Buffer.from(entries[recordName] ?? []).toString())).toMatchObject({ id: 1, state: 'STATE_ENTERED' });
});

it('is the same for the same input', async () => {
	const make = () => exportZip(entered(), [file('a.xml', Buffer.from('a'.repeat(1000)))], undefined);
	expect(Buffer.compare(await make(), await make())).toBe(0);
});

it('keeps the files of the zip before, large ones too, unless they are given anew', async () => {
	const kept = large(2_000_000);
	const before = await exportZip(entered(), [file('kept.xml', kept), file('new.xml', Buffer.from('old'))], undefined);
	const files = [file('kept.xml', new Uint8Array()), file('new.xml', Buffer.from('new'))];
	const entries = unzipSync(await exportZip(entered(), files, before));
	expect(Buffer.compare(entries['kept.xml'] ?? new Uint8Array(), kept)).toBe(0);
	expect(Buffer.from(entries['new.xml'] ?? []).toString()).toBe('new');
});

it('refuses what is no zip', async () => {
	await expect(exportZip(entered(), [], Buffer.from('no zip'))).rejects.toThrow('invalid zip data');
});

it('leaves the event loop to others while it compresses', async () => {
	const files = [file('a.xml', large(12_000_000)), file('b.xml', large(12_000_000))];
	const delay = monitorEventLoopDelay({ resolution: 1 });
	const started = performance.now();
	delay.enable();
	await exportZip(entered(), files, undefined);
	delay.disable();
	// A file that is compressed on the loop takes about half of all the time at one go.
	expect(delay.max / 1e6).toBeLessThan((performance.now() - started) / 4);
});
