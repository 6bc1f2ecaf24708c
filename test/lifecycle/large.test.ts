// A hundred notifications whose letters together are larger than a message may be, through a whole installation in which every call is encoded and
// bounded as over gRPC.
import { CallbackForm, CredentialKind } from '@fefaent/contracts/callback';
import { NoticeState } from '@fefaent/contracts/notifier';
import { startStandalone } from '@fefaent/standalone';
import { idNotificacioOf, startCallbackReceiver, temporaryFolder } from '@fefaent/testing';
import { unzipSync } from 'fflate';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { consultRequest, createRequest, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller } from '../support/soap.ts';

const dayMs = 86_400_000;
const many = 100;
const body = 'Us notifiquem la resolució adoptada. '.repeat(4_800);
const letter = `<DadesOfici><CosNotificacio>${body}</CosNotificacio><PeuRecurs>Peu.</PeuRecurs></DadesOfici>`;

/** A create of so many, each with the letter, where the schema has it. */
function large(count: number): string {
	const xml = createRequest(Array.from({ length: count }, (_, index) => ({ expiryDays: 4, title: `N${index}` })));
	return xml.replaceAll('<Destinataris>', `${letter}<Destinataris>`);
}

it('lives its life', { timeout: 120_000 }, async () => {
	await using folder = temporaryFolder();
	await using receiver = await startCallbackReceiver();
	const fefaent = await startStandalone({
		env: {
			FEFAENT_DATA_DIR: folder.join('data'),
			FEFAENT_PUBLIC_PORT: '0',
			FEFAENT_ADMIN_PORT: '0',
			FEFAENT_MTLS_PORT: '0',
			FEFAENT_LOG_LEVEL: 'warn',
			FEFAENT_GATEWAY_MAX_BODY_BYTES: String(64 << 20),
		},
		calls: { serialise: true },
	});
	const soap = soapCaller(fefaent.publicUrl);
	try {
		const { notifications, notifier, callbacks } = fefaent.clients;
		const endpoint = {
			id: '',
			issuerCode: 'DEMO',
			url: receiver.url,
			form: CallbackForm.ENOTUMLITE,
			enabled: true,
			states: [],
			credentialKind: CredentialKind.NONE,
			username: '',
			maxInFlight: 8,
			caPem: '',
			webhookPublicKey: '',
		};
		await callbacks.putEndpoint({ endpoint });

		const ids = createdIds((await soap.call(large(many))).body);
		expect(ids.every(Number.isSafeInteger) && new Set(ids).size).toBe(many);
		await expect(notifications.get({ ids })).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });

		const settled = () => fefaent.sandbox?.settled(60_000);
		expect(await settled()).toBe(true);
		const consulted = (await soap.call(consultRequest(ids))).body;
		expect(consulted.match(/<(?:\w+:)?Estat>DIPOSITADA</g)).toHaveLength(many);
		await receiver.waitFor(many, 20_000);
		const { notices } = await notifier.listNotices({ notificationIds: ids });
		expect(notices.filter(({ channel, state }) => channel === 'CHANNEL_EMAIL' && state === NoticeState.SENT)).toHaveLength(many);
		const listed = await request(`${fefaent.adminUrl}/admin/v1/notifications?issuer=DEMO&limit=100`);
		expect(((await listed.body.json()) as { items: unknown[] }).items).toHaveLength(many);

		const accepted = ids.slice(0, many / 2);
		const practised = (await soap.call(practiseRequest(accepted.map((id) => ({ id, decision: 'ACCEPTAR' }))))).body;
		expect(practised.match(/<(?:\w+:)?Evidencia>/g)).toHaveLength(accepted.length);
		await fefaent.sandbox?.advance(5 * dayMs);
		expect(await settled()).toBe(true);
		const ends = (await soap.call(consultRequest(ids))).body;
		expect(ends.match(/<(?:\w+:)?Estat>ACCEPTADA</g)).toHaveLength(accepted.length);
		expect(ends.match(/<(?:\w+:)?Estat>EXPIRADA</g)).toHaveLength(many - accepted.length);
		await receiver.waitFor(2 * many, 20_000);
		expect(new Set(receiver.requests.map(idNotificacioOf))).toEqual(new Set(ids.map(String)));

		await fefaent.sandbox?.advance(120 * dayMs);
		expect(await settled()).toBe(true);
		expect((await notifications.get({ ids })).results.filter((one) => one.notification !== undefined)).toEqual([]);
		const { zip } = await notifications.getExport({ id: ids[7] ?? 0 });
		expect(new TextDecoder().decode(unzipSync(zip)['notification.json'])).toContain(body.trimEnd());
	} finally {
		soap.close();
		await fefaent.stop();
	}
});
