// A time-stamping authority that is down, or answers wrong things: deposits wait for it, and nothing is lost.
import { eventually } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneProcess } from '../support/process.ts';
import { hasOpenssl } from './openssl.ts';
import type { Fault } from './tsa.ts';
import { command, create, stateOf, TrustWorld } from './world.ts';

let world: TrustWorld;
beforeAll(async () => {
	if (hasOpenssl) world = await TrustWorld.start(['ecdsa-p256']);
}, 60_000);
afterAll(() => world?.[Symbol.asyncDispose]());

describe.skipIf(!hasOpenssl)(hasOpenssl ? 'while the authority gives no time-stamp' : 'NOT RUN: openssl is missing', () => {
	const quick = {
		FEFAENT_EVIDENCE_TSA_ATTEMPTS: '1',
		FEFAENT_STATE_ENGINE_RETRY_FIRST: '50ms',
		FEFAENT_STATE_ENGINE_RETRY_MAX: '200ms',
		FEFAENT_STATE_ENGINE_DEPOSIT_TRIES: '100',
		FEFAENT_STATE_ENGINE_SWEEP_AGE: '100ms',
		FEFAENT_STATE_ENGINE_SWEEP_EVERY: '200ms',
	};
	const start = () => world.standalone('data', 'ecdsa-p256', quick);
	let fefaent: StandaloneProcess;
	beforeAll(async () => {
		fefaent = await start();
	});
	afterAll(() => fefaent?.child[Symbol.asyncDispose]());

	const faults: readonly (readonly [Fault | 'down', RegExp])[] = [
		['down', /ECONNREFUSED/],
		['garbage', /the answer is no time-stamp response/],
		['other nonce', /the token repeats another nonce/],
		['other imprint', /the token is about other data/],
		['expired certificate', /a certificate of the chain was not valid at/],
	];
	it.each(faults)('(%s) deposits wait, log and status say why, and all is made up for', async (fault, reason) => {
		if (fault === 'down') await world.tsa.down();
		else world.tsa.fail(fault);
		const ids = [await create(fefaent), await create(fefaent)];
		await eventually(
			async () => {
				const { out } = await command(fefaent, '--json', 'status');
				const check = (JSON.parse(out) as { checks: { name: string; ok: boolean; reason?: string }[] }).checks.find(
					({ name }) => name === 'evidence.sealing',
				);
				expect(check).toMatchObject({ ok: false, reason: expect.stringMatching(/^TSA_UNAVAILABLE: /) });
				expect(check?.reason).toMatch(reason);
			},
			{ timeoutMs: 10_000 },
		);
		await fefaent.child.waitLine(new RegExp(`TSA_UNAVAILABLE.*${reason.source}`));
		for (const id of ids) expect(await stateOf(fefaent, id)).not.toBe('DIPOSITADA');
		if (fault === 'down') {
			// Cut short while it waits, it goes on waiting in its next life.
			fefaent.child.kill('SIGKILL');
			await fefaent.child.waitExit();
			fefaent = await start();
			await world.tsa.up();
		} else world.tsa.fail();
		for (const id of ids) {
			const verified = await command(fefaent, '--json', 'verify', await world.evidence(fefaent, id));
			expect(JSON.parse(verified.out)).toMatchObject({ valid: true, level: 'B-T' });
		}
		await eventually(async () => expect(await command(fefaent, 'status')).toMatchObject({ code: 0 }));
		expect((await command(fefaent, 'status')).out).toMatch(/evidence\.sealing\s+(yes|true)/);
	});
});
