import { Transition } from '@fefaent/contracts/notification';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { openS3Blobs } from './blobs/s3.ts';
import { harness } from './testing/harness.ts';
import { s3Proxy, s3TestPlace } from './testing/s3.ts';

it('exports to a bucket, waits while it is away, and answers with the export after the purge', async () => {
	let away = false;
	await using proxy = await s3Proxy((part) => (away ? undefined : part));
	const blobs = openS3Blobs({ ...(await s3TestPlace()), endpoint: proxy.endpoint, timeoutMs: 5_000 });
	await blobs.prepare();
	await using h = await harness({ blobs });
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	const files = [{ name: 'accept.xml', content: Buffer.from('<a/>') }];

	away = true;
	// Whoever asked asks again.
	expect(await h.client.export({ items: [{ id, files }] }, { deadlineMs: 30_000 })).toEqual({ exportedIds: [] });
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [] });

	away = false;
	expect(await h.client.export({ items: [{ id, files }] })).toEqual({ exportedIds: [id] });
	expect(await h.client.purge({ ids: [id] })).toEqual({ purgedIds: [id] });
	await h.restart();
	const { zip } = await h.client.getExport({ id });
	expect(Object.keys(unzipSync(zip)).toSorted()).toEqual(['accept.xml', 'notification.json']);
	blobs.close();
});
