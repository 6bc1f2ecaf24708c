// Signing keys of one's own and a time-stamping authority outside, as an installation that is meant has them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { childService } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneProcess } from '../support/process.ts';
import { hasOpenssl, keyTypes } from './openssl.ts';
import { collected, command, create, TrustWorld } from './world.ts';

const judge = process.env.FEFAENT_DSS_JUDGE;
const hasXmlsec = spawnSync('xmlsec1', ['--version']).status === 0;
const kinds = Object.keys(keyTypes) as (keyof typeof keyTypes)[];
let world: TrustWorld;

beforeAll(async () => {
	if (hasOpenssl) world = await TrustWorld.start(kinds);
}, 60_000);
afterAll(() => world?.[Symbol.asyncDispose]());

describe.skipIf(!hasOpenssl)(
	hasOpenssl ? 'a key from a PKCS#12 file and a time-stamping authority by its address' : 'NOT RUN: openssl is missing',
	() => {
		describe.each(kinds)('%s', (kind) => {
			let fefaent: StandaloneProcess;
			let evidence: string;

			beforeAll(async () => {
				fefaent = await world.standalone(`data-${kind}`, kind);
				evidence = await world.evidence(fefaent, await create(fefaent));
			}, 60_000);
			afterAll(() => fefaent?.child[Symbol.asyncDispose]());

			it('seal evidences that the command verifies, by what the installation says and by the roots alone', async () => {
				const asked = await command(fefaent, '--json', 'verify', evidence);
				expect(JSON.parse(asked.out)).toMatchObject({
					valid: true,
					level: 'B-T',
					signer: `CN=${kind}`,
					timeStampingAuthority: 'CN=tsa',
					test: false,
				});
				writeFileSync(
					world.folder.join('roots.pem'),
					['root', 'tsa-root'].map((name) => readFileSync(world.folder.join(`${name}.pem`))).join(''),
				);
				expect(await command(fefaent, 'verify', evidence, '--trust', world.folder.join('roots.pem'))).toMatchObject({ code: 0 });
				expect(await command(fefaent, 'verify', evidence, '--trust', world.folder.join('tsa-root.pem'))).toMatchObject({ code: 1 });
			});

			it.skipIf(!hasXmlsec)(`seal evidences that xmlsec1 verifies${hasXmlsec ? '' : ' (NOT RUN: it is not installed)'}`, async () => {
				const id = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
				const ran = await collected('xmlsec1', ['--verify', '--trusted-pem', world.folder.join('root.pem'), ...id, evidence]);
				expect(ran, ran.err).toMatchObject({ code: 0 });
			});

			it.skipIf(!judge)(
				`seal evidences that DSS passes as XAdES baseline T${judge ? '' : ' (NOT RUN: FEFAENT_DSS_JUDGE names no command)'}`,
				{ timeout: 120_000 },
				async () => {
					const [program = '', ...args] = (judge ?? '').split(' ');
					const trust = ['--trust', world.folder.join('root.pem'), '--tsa-trust', world.folder.join('tsa-root.pem')];
					const ran = await collected(program, [
						...args,
						'validate',
						...trust,
						'--level',
						'XAdES_BASELINE_T',
						'--whole',
						'--no-revocation',
						evidence,
					]);
					expect(ran.code, ran.out + ran.err).toBe(0);
					expect(ran.out).toContain('TOTAL_PASSED');
				},
			);
		});

		const refused: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
			['a wrong password', { FEFAENT_EVIDENCE_SIGNER_PASSWORD: 'wrong' }, /^the password does not open the PKCS#12 file$/],
			['no password', { FEFAENT_EVIDENCE_SIGNER_PASSWORD: '' }, /^the password does not open the PKCS#12 file$/],
			['no such file', { FEFAENT_EVIDENCE_SIGNER_P12: '/nowhere/key.p12' }, /^\/nowhere\/key\.p12 cannot be used: it is not there$/],
			['something else in the file', { FEFAENT_EVIDENCE_SIGNER_P12: '/etc/passwd' }, /^not a PKCS#12 file that can be read: .+$/],
			['no authority of time-stamps', { FEFAENT_EVIDENCE_TSA_CA: '' }, /^the settings of keys and time-stamps do not fit together: .+$/],
		];
		it('refuse to start on what cannot be, in one plain line', async () => {
			const said = await Promise.all(
				refused.map(async ([what, change]) => {
					await using child = await childService({
						file: new URL('../../services/standalone/src/main.ts', import.meta.url).pathname,
						env: {
							FEFAENT_DATA_DIR: world.folder.join(`refused ${what}`),
							FEFAENT_PUBLIC_PORT: '0',
							FEFAENT_ADMIN_PORT: '0',
							FEFAENT_MTLS_PORT: '0',
							...world.env('ecdsa-p256'),
							...change,
						},
					});
					const { code } = await child.waitExit(20_000);
					return [what, code, child.output()] as const;
				}),
			);
			expect(said).toEqual(refused.map(([what, , line]) => [what, 2, expect.stringMatching(line)]));
		});
	},
);
