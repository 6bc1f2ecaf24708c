import { createHash, sign } from 'node:crypto';
import { completeXades, prepareXades, timestampInput } from '@fefaent/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from './authority.ts';
import { createTokenMinter } from './timestamp/token.ts';
import { verifyEvidence } from './verify-evidence.ts';

const validFrom = new Date('2026-01-01T00:00:00Z');
const at = new Date('2026-02-03T04:05:06Z');
const issue = { days: 365, validFrom };
const root = await createAuthority({ commonName: 'authority', ...issue });
const signer = await issueCertificate(root, { commonName: 'signer', purpose: 'sign', ...issue });
const tsaRoot = await createAuthority({ commonName: 'other authority', ...issue });
const tsa = await issueCertificate(tsaRoot, { commonName: 'tsa', purpose: 'timestamp', ...issue });
const trust = { signers: [root.certificate], timeStamping: [tsaRoot.certificate] };

function seal(text: string, options: { stampedAt?: Date; stampOf?: Uint8Array } = {}): Uint8Array {
	const description = { certificate: signer.certificate, chain: [], algorithm: 'ecdsa-p256-sha256' as const };
	const xml = new TextEncoder().encode(`<a xmlns="urn:x" Id="a"><b>${text}</b></a>`);
	const prepared = prepareXades(xml, {
		signer: description,
		signingTime: at,
		signatureId: 's',
		mimeType: 'text/xml',
		position: 'first-child',
	});
	const value = sign('sha256', prepared.signedInfo, { key: signer.privateKey, dsaEncoding: 'ieee-p1363' });
	if (!options.stampedAt) return completeXades(prepared, value);
	const { stampedAt } = options;
	const digest = createHash('sha256')
		.update(options.stampOf ?? timestampInput(prepared, value))
		.digest();
	return completeXades(prepared, value, createTokenMinter({ authority: tsa, now: () => stampedAt })(digest));
}

describe('check of an evidence', () => {
	const sealed = seal('té &amp; cafè', { stampedAt: at });

	it('finds it good, and says who and when', async () => {
		expect(await verifyEvidence(sealed, trust)).toMatchObject({
			valid: true,
			problems: [],
			level: 'B-T',
			signingTime: at,
			provenTime: at,
			signer: expect.stringContaining('CN=signer'),
			timeStampingAuthority: expect.stringContaining('CN=tsa'),
		});
	});

	it.each([
		['without a time-stamp', seal('x'), trust, 'There is no time-stamp.'],
		[
			'with the time-stamp of something else',
			seal('x', { stampedAt: at, stampOf: new Uint8Array(1) }),
			trust,
			'the token is about other data',
		],
		['of a signer that is not trusted', sealed, { ...trust, signers: [tsaRoot.certificate] }, 'no path leads to a trusted certificate'],
		[
			'with a time-stamp that is not trusted',
			sealed,
			{ ...trust, timeStamping: [root.certificate] },
			'no path leads to a trusted certificate',
		],
		['stamped after its certificates ended', seal('x', { stampedAt: new Date('2028-01-01T00:00:00Z') }), trust, 'was not valid at 2028'],
	])('refuses one %s', async (_, bytes, trusted, problem) => {
		const report = await verifyEvidence(bytes, trusted);
		expect(report.valid).toBe(false);
		expect(report.problems.join('\n')).toContain(problem);
	});

	it('refuses what is no evidence', async () => {
		for (const text of ['', 'no xml', '<a/>'])
			expect(await verifyEvidence(new TextEncoder().encode(text), trust)).toMatchObject({ valid: false });
	});

	it('finds no two readings: with a byte changed it is refused, or says exactly the same', async () => {
		const pristine = await verifyEvidence(sealed, trust);
		await fc.assert(
			fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
				const spoiled = Uint8Array.from(sealed);
				spoiled[position] = (spoiled[position] ?? 0) ^ mask;
				const report = await verifyEvidence(spoiled, trust);
				// Characters that mean the same to XML (white space in base64, an end of line) may change, what is proven may not.
				if (report.valid) expect(report).toEqual(pristine);
			}),
			{ numRuns: 300 },
		);
	});
});
