import { startStandalone } from '@fefaent/standalone';
import { eventually, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { createRequest } from '../support/requests.ts';
import { createdIds, soapCaller } from '../support/soap.ts';

const dayMs = 86_400_000;

test('a move of many days lets what is due on the way happen at its own instant, in its order', async () => {
	await using folder = temporaryFolder();
	const fefaent = await startStandalone({
		env: {
			FEFAENT_DATA_DIR: folder.path,
			FEFAENT_PUBLIC_PORT: '0',
			FEFAENT_ADMIN_PORT: '0',
			FEFAENT_MTLS_PORT: '0',
			FEFAENT_LOG_LEVEL: 'error',
		},
	});
	try {
		const soap = soapCaller(fefaent.publicUrl);
		const [id = 0] = createdIds((await soap.call(createRequest([{ expiryDays: 4, reminder: true }]))).body);
		soap.close();
		const read = async () => (await fefaent.clients.notifications.get({ ids: [id] })).results[0]?.notification;
		await eventually(async () => expect((await read())?.state).toBe('STATE_DEPOSITED'));
		const deposited = (await read())?.depositedAt?.getTime() ?? 0;
		await fefaent.sandbox?.advance(11 * dayMs);
		expect(await fefaent.sandbox?.settled(10_000)).toBe(true);
		const after = await read();
		const days = (at: Date | undefined) => Math.round(((at?.getTime() ?? 0) - deposited) / 3_600_000) / 24;
		const reminded = after?.timeline.find(({ category }) => category === 'REMINDER_DUE');
		// An hour's slack for the change to summer time or back.
		expect(days(reminded?.at)).toBeCloseTo(2, 1);
		expect(days(after?.practisedAt)).toBeCloseTo(4, 1);
		expect(after?.state).toBe('STATE_EXPIRED');
		expect(Math.round((fefaent.clock.now().getTime() - deposited) / dayMs)).toBe(11);
	} finally {
		await fefaent.stop();
	}
});
