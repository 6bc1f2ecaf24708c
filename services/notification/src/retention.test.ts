import { NotificationEventType } from '@fefaent/contracts/events';
import { State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { unzipSync } from 'fflate';
import { afterEach, expect, it } from 'vitest';
import { claimItem, draft } from './testing/fixtures.ts';
import { createdOf, harness } from './testing/harness.ts';

afterEach(() => armCrashpoints(undefined));

const file = (name: string, content: string) => ({ name, content: Buffer.from(content) });
const texts = (zip: Uint8Array): Record<string, string> =>
	Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, content]) => [name, Buffer.from(content).toString()]));

it('exports, purges, and still answers with the export', async () => {
	await using h = await harness();
	const id = await h.created({ issuerReference: 'A' });
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [] });
	expect(await h.client.export({ items: [{ id, files: [file('accept.xml', '<a/>')] }] })).toEqual({ exportedIds: [id] });
	expect(await h.client.purge({ ids: [id, 999_999] })).toEqual({ purgedIds: [id] });
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [id] });
	expect((await h.client.get({ ids: [id] })).results).toEqual([{ id, notification: undefined }]);
	await h.restart();
	const { issuerCode, zip } = await h.client.getExport({ id });
	expect(issuerCode).toBe('DEMO');
	const content = texts(zip);
	expect(content['accept.xml']).toBe('<a/>');
	expect(JSON.parse(content['notification.json'] ?? '')).toMatchObject({
		id,
		state: 'STATE_ACCEPTED',
		receivedAt: '2026-03-02T12:00:00.000Z',
		draft: { issuerReference: 'A', documents: [{ digest: Buffer.alloc(32, 7).toString('base64') }] },
		evidences: [{ transition: 'TRANSITION_DEPOSIT' }, { transition: 'TRANSITION_ACCEPT' }],
	});
	const events = (await h.published(4)).map(({ event }) => event);
	expect(events.at(-1)).toMatchObject({ type: NotificationEventType.PURGED, notificationId: id, state: State.ACCEPTED, version: 7 });
	// The reference is free again.
	expect(createdOf((await h.client.create({ drafts: [draft({ issuerReference: 'A' })] })).results[0])).toMatchObject({ existed: false });
});

it('passes over what is unknown, on its way, or decided but not complete', async () => {
	await using h = await harness();
	const [onItsWay, pending] = [await h.created(), await h.created()];
	await h.walk(onItsWay, Transition.DEPOSIT);
	await h.walk(pending, Transition.DEPOSIT, Transition.ACCEPT);
	await h.client.claim({ items: [claimItem(pending, Transition.DISCARD)] });
	const items = [onItsWay, pending, 999_999].map((id) => ({ id, files: [] }));
	expect(await h.client.export({ items })).toEqual({ exportedIds: [] });
	await expect(h.client.getExport({ id: onItsWay })).rejects.toMatchObject({ reason: 'EXPORT_UNKNOWN', kind: 'notFound' });
	await expect(h.client.getExport({ id: 999_999 })).rejects.toMatchObject({ reason: 'EXPORT_UNKNOWN' });
});

it('does not write an export again that is current', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.EXPIRE);
	await h.client.export({ items: [{ id, files: [file('a.xml', 'a')] }] });
	expect(await h.client.export({ items: [{ id, files: [file('a.xml', 'b')] }] })).toEqual({ exportedIds: [id] });
	expect(texts((await h.client.getExport({ id })).zip)['a.xml']).toBe('a');
});

it('exports again what changed since, and keeps files that their owner has forgotten meanwhile', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	await h.client.export({ items: [{ id, files: [file('accept.xml', '<a/>'), file('deposit.xml', '<d/>')] }] });
	await h.walk(id, Transition.DISCARD);
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [] });
	expect(await h.client.export({ items: [{ id, files: [file('accept.xml', '')] }] })).toEqual({ exportedIds: [id] });
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [id] });
	const content = texts((await h.client.getExport({ id })).zip);
	expect(content).toMatchObject({ 'accept.xml': '<a/>', 'deposit.xml': '<d/>' });
	expect(JSON.parse(content['notification.json'] ?? '')).toMatchObject({ state: 'STATE_DISCARDED' });
});

it('exports the others when one cannot be written, and that one when it can', async () => {
	await using h = await harness();
	const ids = [await h.created(), await h.created({ issuer: { code: 'ç'.repeat(100), name: 'Any' } }), await h.created()];
	const [first = 0, second = 0, third = 0] = ids;
	for (const id of ids) await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	let writes = 0;
	armCrashpoints((name) => {
		if (name === 'notification.blob.before-rename' && ++writes === 1) throw new Error('no space left');
	});
	const items = ids.map((id) => ({ id, files: [file('a.xml', String(id))] }));
	expect(await h.client.export({ items })).toEqual({ exportedIds: [second, third] });
	expect(await h.client.purge({ ids })).toEqual({ purgedIds: [second, third] });
	expect(await h.client.export({ items })).toEqual({ exportedIds: [first] });
	for (const id of ids) expect(texts((await h.client.getExport({ id })).zip)['a.xml']).toBe(String(id));
});

it('does not mark an export that the notification outran', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	armCrashpoints((name) => {
		if (name !== 'notification.blob.after-rename') return;
		armCrashpoints(undefined);
		return h.walk(id, Transition.DISCARD);
	});
	expect(await h.client.export({ items: [{ id, files: [] }] })).toEqual({ exportedIds: [] });
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [] });
	expect(await h.client.export({ items: [{ id, files: [] }] })).toEqual({ exportedIds: [id] });
});

it('exports again after a crash between the zip and its mark', async () => {
	await using h = await harness();
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	armCrashpoints((name) => {
		if (name === 'notification.export.before-store') throw new Error('died');
	});
	await expect(h.client.export({ items: [{ id, files: [file('a.xml', 'a')] }] })).rejects.toMatchObject({ kind: 'internal' });
	armCrashpoints(undefined);
	await expect(h.client.getExport({ id })).rejects.toMatchObject({ reason: 'EXPORT_UNKNOWN' });
	await h.restart();
	expect(await h.client.export({ items: [{ id, files: [file('a.xml', 'a')] }] })).toEqual({ exportedIds: [id] });
	expect(texts((await h.client.getExport({ id })).zip)['a.xml']).toBe('a');
});

it.each([
	['in another folder', [file('../a.xml', '')]],
	['in place of the record', [file('notification.json', '')]],
	['named alike', [file('a.xml', ''), file('a.xml', '')]],
	['without a name', [file('', '')]],
	['too large', [file('a.xml', 'x'.repeat(65_537))]],
])('refuses files %s', async (_, files) => {
	await using h = await harness({ started: false, env: { FEFAENT_NOTIFICATION_EXPORT_MAX_BYTES: '65536' } });
	await expect(h.client.export({ items: [{ id: 1, files }] })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
});
