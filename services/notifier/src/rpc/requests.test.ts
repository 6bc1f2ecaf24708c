import { expect, it } from 'vitest';
import { world } from '../testing/scenes.ts';

it('bounds what it is asked for', async () => {
	const here = await world();
	const tooMany = Array.from({ length: 101 }, (_, index) => index + 1);
	const refused = { reason: 'BATCH_SIZE' };
	await expect(here.client.listNotices({ notificationIds: tooMany })).rejects.toMatchObject(refused);
	await expect(here.client.listNotices({ notificationIds: [] })).rejects.toMatchObject(refused);
	await expect(here.client.listMailOutbox({ limit: 0 })).rejects.toMatchObject(refused);
	await expect(here.client.listSmsOutbox({ limit: 101 })).rejects.toMatchObject(refused);
	await expect(here.client.redriveNotices({ noticeIds: [], notificationIds: [] })).rejects.toMatchObject(refused);
	expect((await here.service.readiness()).ready).toBe(true);
});
