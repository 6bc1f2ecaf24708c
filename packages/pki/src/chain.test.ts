import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from './authority.ts';
import { chainToAnchor } from './chain.ts';

const validFrom = new Date('2026-01-01T00:00:00Z');
const authority = await createAuthority({ commonName: 'authority', days: 100, validFrom });
// The same name, another key: only the signature tells them apart.
const impostor = await createAuthority({ commonName: 'authority', days: 100, validFrom });
const signer = await issueCertificate(authority, { commonName: 'signer', purpose: 'sign', days: 50, validFrom });
const at = new Date('2026-02-01T00:00:00Z');
const anchors = [authority.certificate];

describe('chain to an anchor', () => {
	it('is found below the authority, and for a signer that is trusted itself', () => {
		expect(chainToAnchor(signer.certificate, [], { anchors, at })).toMatchObject({ ok: true });
		expect(chainToAnchor(signer.certificate, [], { anchors: [signer.certificate], at })).toMatchObject({ ok: true });
	});

	it('is not found below another authority of the same name, even if the right one is handed over untrusted', () => {
		const report = chainToAnchor(signer.certificate, [authority.certificate], { anchors: [impostor.certificate], at });
		expect(report).toEqual({ ok: false, reason: 'no path leads to a trusted certificate' });
	});

	it('needs every certificate to be valid at the time', () => {
		for (const time of ['2025-12-31T00:00:00Z', '2026-03-01T00:00:00Z']) {
			expect(chainToAnchor(signer.certificate, [], { anchors, at: new Date(time) })).toMatchObject({
				ok: false,
				reason: expect.stringContaining('not valid at'),
			});
		}
	});

	it('does not go through a certificate that may not issue', async () => {
		const fake = await issueCertificate({ ...signer, chain: [] }, { commonName: 'fake', purpose: 'sign', days: 50, validFrom });
		expect(chainToAnchor(fake.certificate, [signer.certificate], { anchors, at })).toMatchObject({ ok: false });
	});

	it('tells that a certificate cannot be read', () => {
		expect(chainToAnchor(new Uint8Array(3), [], { anchors, at })).toEqual({ ok: false, reason: 'a certificate cannot be read' });
	});
});
