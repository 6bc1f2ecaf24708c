import { freePort, startSmsHttpProvider, startSmtpSink } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { createRequest, nif, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller } from '../support/soap.ts';
import { fefaent } from './command.ts';
import { type AdminWorld, startAdminWorld } from './world.ts';

const v1 = '/admin/v1';

/** Creates notifications whose recipients have a mailbox and a telephone. */
async function create(world: AdminWorld, first: number, count: number): Promise<readonly number[]> {
	const soap = soapCaller(world.fefaent.publicUrl);
	const ids: number[] = [];
	for (let n = first; n < first + count; n += 50) {
		const size = Math.min(50, first + count - n);
		const items = Array.from({ length: size }, (_, index) => ({
			nif: nif(n + index),
			emails: [`p${n + index}@example.org`],
			firstNotice: true,
		}));
		ids.push(...createdIds((await soap.call(createRequest(items))).body));
	}
	soap.close();
	return ids;
}

test('hundreds of notices of two channels that failed in an outage are sent again by one command, and no others', {
	timeout: 120_000,
}, async () => {
	await using sink = await startSmtpSink();
	await using provider = await startSmsHttpProvider({ respond: () => (out ? { status: 503 } : undefined) });
	let out = false;
	await using world = await startAdminWorld({
		FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
		FEFAENT_NOTIFIER_SMS_PROVIDER: 'http',
		FEFAENT_NOTIFIER_SMS_HTTP_URL: provider.url,
		FEFAENT_NOTIFIER_ATTEMPTS: '2',
		FEFAENT_NOTIFIER_RETRY_FIRST: '1h',
	});
	const settle = (advance: string) => world.call('POST', `${v1}/clock`, { advance, settle: true });
	const run = (args: readonly string[]) => fefaent(world, args);
	const states = async (id: number) =>
		(await world.call<{ items: { state: string }[] }>('GET', `${v1}/notifications/${id}/notices`)).body.items.map(({ state }) => state);

	const [well] = await create(world, 1, 1);
	await settle('PT0S');
	expect(await states(well ?? 0)).toEqual(['sent', 'sent']);
	const [mails, messages] = [sink.messages.length, provider.requests.length];

	out = true;
	sink.failWith(() => ({ code: 451, message: '4.3.0 out' }));
	const ids = await create(world, 100, 150);
	for (let hours = 0; hours < 6; hours += 3) await settle('PT3H');
	const notices = await Promise.all(ids.map(states));
	expect(new Set(notices.flat())).toEqual(new Set(['failed']));
	out = false;
	sink.failWith(undefined);
	const refused = provider.requests.length;

	// A notice of a decided notification says nothing that is true any more.
	const soap = soapCaller(world.fefaent.publicUrl);
	expect((await soap.call(practiseRequest([{ id: ids[0] ?? 0, decision: 'ACCEPTAR' }]))).status).toBe(200);
	soap.close();
	await settle('PT0S');

	const unlike = await run(['redrive', 'notices', '--all', '--channel', 'email', '--failure', 'CONNECTION_FAILED']);
	expect(unlike).toMatchObject({ code: 0, out: 'on their way again: 0\n' });
	const all = await run(['redrive', 'notices', '--all', '--since', '2026-01-01']);
	expect([all.code, all.err, all.out]).toEqual([0, '', 'on their way again: 298\n']);
	await settle('PT0S');
	expect([sink.messages.length - mails, provider.requests.length - refused]).toEqual([149, 149]);
	expect(messages).toBe(1);
	expect(await states(ids[0] ?? 0)).toEqual(['failed', 'failed']);
	expect(await states(well ?? 0)).toEqual(['sent', 'sent']);
	expect((await run(['redrive', 'notices', '--all'])).out).toBe('on their way again: 0\n');
});

test('every callback that was given up is sent again by one command', { timeout: 60_000 }, async () => {
	await using world = await startAdminWorld();
	const url = `http://127.0.0.1:${await freePort()}/`;
	await world.call('POST', `${v1}/endpoints`, { issuerCode: 'DEMO', url, form: 'enotumlite' });
	await create(world, 1, 30);
	const exhausted = async () =>
		(await world.call<{ items: object[] }>('GET', `${v1}/deliveries?state=exhausted&limit=500`)).body.items.length;
	for (let tries = 0; tries < 12 && (await exhausted()) < 30; tries++)
		await world.call('POST', `${v1}/clock`, { advance: 'PT3H', settle: true });
	expect(await exhausted()).toBe(30);
	expect(await fefaent(world, ['redrive', 'deliveries', '--all', '--since', '2999-01-01'])).toMatchObject({
		out: 'on their way again: 0\n',
	});
	expect(await fefaent(world, ['redrive', 'deliveries', '--all'])).toMatchObject({ code: 0, out: 'on their way again: 30\n' });
});
