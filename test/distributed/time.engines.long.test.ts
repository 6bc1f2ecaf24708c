// The time of a sandbox whose services run apart: it is moved by one call, for every process, and nobody is told of an instant that is not there yet.
import { childService, eventually, temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { createRequest, nif } from '../support/requests.ts';
import { createdIds, soapCaller } from '../support/soap.ts';
import { startInstallation } from './installation.ts';

const fefaent = new URL('../../services/standalone/src/command/main.ts', import.meta.url).pathname;
const dayMs = 86_400_000;

interface View {
	readonly state: string;
	readonly evidences: readonly { readonly transition: string; readonly issuedAt?: string }[];
	readonly expiresAt?: string;
	readonly stateSince?: string;
}

it('the demo of an expiry succeeds, time stays ahead over kills, and its databases are refused without the sandbox', async () => {
	await using folder = temporaryFolder();
	await using installation = await startInstallation(folder, { env: { FEFAENT_SANDBOX: 'true' } });
	await installation.admin('POST', '/admin/v1/issuers', { code: 'DEMO', name: 'Ens de demostració' });
	const [adminUrl = '', otherAdminUrl = ''] = installation.adminUrls;
	await using demo = await childService({ file: fefaent, args: ['--admin', adminUrl, 'demo', '--expire'], cwd: folder.path });
	expect(await demo.waitExit(120_000), demo.output()).toEqual({ code: 0, signal: null });
	expect(demo.output()).toContain('expired, since nobody decided');

	// Whoever is started again, or killed, has the time of the others.
	const { offsetMs } = await installation.admin<{ offsetMs: number }>('GET', '/admin/v1/clock');
	expect(offsetMs).toBe(11 * dayMs);
	for (const name of ['gateway-2', 'notification', 'state-engine']) {
		await installation.signal(name, 'SIGKILL');
		await installation.start(name);
	}
	await using moved = await childService({ file: fefaent, args: ['--admin', otherAdminUrl, 'clock', 'advance', 'P1D'], cwd: folder.path });
	expect(await moved.waitExit(60_000), moved.output()).toEqual({ code: 0, signal: null });
	await eventually(async () =>
		expect(await installation.admin<{ offsetMs: number }>('GET', '/admin/v1/clock')).toMatchObject({ offsetMs: 12 * dayMs }),
	);
	const caller = soapCaller(installation.publicUrls[0] as string);
	const [id] = createdIds((await caller.call(createRequest([{ nif: nif(1) }]))).body);
	caller.close();
	const { receivedAt } = await installation.admin<View & { receivedAt: string }>('GET', `/admin/v1/notifications/${id}`);
	expect(Math.abs(Date.parse(receivedAt) - Date.now() - 12 * dayMs)).toBeLessThan(60_000);

	// A process without the sandbox would date things eleven days before what is there.
	await installation.stop('notification');
	await using wrong = await childService({
		file: new URL('../../services/notification/src/main.ts', import.meta.url).pathname,
		env: { FEFAENT_MONGO_URL: process.env.MONGO_URL, FEFAENT_MONGO_DATABASE_PREFIX: installation.prefixes.mongo, FEFAENT_HEALTH_PORT: '0' },
	});
	expect((await wrong.waitExit(20_000)).code).toBe(2);
	expect(wrong.output()).toContain('it can only be used as a sandbox');

	// Time does not move while a service is away: it would be left behind.
	await using held = await childService({ file: fefaent, args: ['--admin', adminUrl, 'clock', 'advance', 'P1D'], cwd: folder.path });
	expect((await held.waitExit(60_000)).code).not.toBe(0);
	expect(held.output()).toContain('notification');
	expect(await installation.admin<{ offsetMs: number }>('GET', '/admin/v1/clock')).toMatchObject({ offsetMs: 12 * dayMs });
});
