import { createHash, randomBytes } from 'node:crypto';
import { createAuthority, issueCertificate, verifyTimeStampToken } from '@fefaent/pki';
import { describe, expect, it } from 'vitest';
import { type Fault, startTsaServer } from '../testing/tsa-server.ts';
import { httpAuthority } from './http.ts';

const root = await createAuthority({ commonName: 'authority', days: 10 });
const tsa = await issueCertificate(root, { commonName: 'tsa', purpose: 'timestamp', days: 10 });
const anchors = [root.certificate];
const digestOf = (text: string) => createHash('sha256').update(text).digest();

function open(url: string, change: { attempts?: number; timeoutMs?: number; anchors?: Uint8Array[] } = {}) {
	return httpAuthority({ url, anchors, timeoutMs: 2_000, attempts: 1, connections: 4, ...change });
}

describe('time-stamping authority over HTTP', () => {
	it('stamps a batch in order, with bounded connections', async () => {
		await using server = await startTsaServer(tsa);
		const authority = open(server.url);
		const digests = Array.from({ length: 40 }, () => randomBytes(32));
		const tokens = await authority.stamp(digests);
		expect(tokens).toHaveLength(40);
		for (const [index, digest] of digests.entries()) {
			expect(await verifyTimeStampToken(tokens[index] ?? new Uint8Array(), { digest, anchors })).toMatchObject({ trusted: true });
		}
		expect(server.mostAtOnce()).toBeLessThanOrEqual(4);
		await authority.close();
	});

	it.each<[NonNullable<Fault>, string]>([
		['status', 'HTTP status 503'],
		['refuse', 'refused with status 2'],
		['garbage', 'the answer is no time-stamp response'],
		['huge', 'the answer is too large'],
		['other-data', 'the token is about other data'],
		['other-nonce', 'the token repeats another nonce'],
		['drop', 'UND_ERR_SOCKET'],
	])('gives the batch up for an answer of kind %s', async (fault, detail) => {
		await using server = await startTsaServer(tsa, () => fault);
		const authority = open(server.url);
		await expect(authority.stamp([digestOf('a'), digestOf('b')])).rejects.toMatchObject({
			reason: 'TSA_UNAVAILABLE',
			kind: 'unavailable',
			details: { detail },
		});
		await authority.close();
	});

	it('gives up an answer that does not come in time', async () => {
		await using server = await startTsaServer(tsa, () => 'hang');
		const authority = open(server.url, { timeoutMs: 150 });
		await expect(authority.stamp([digestOf('a')])).rejects.toMatchObject({
			reason: 'TSA_UNAVAILABLE',
			details: { detail: 'no answer in time' },
		});
		await authority.close();
	});

	it('gives up when nobody listens', async () => {
		const gone = await startTsaServer(tsa);
		await gone[Symbol.asyncDispose]();
		const authority = open(gone.url);
		await expect(authority.stamp([digestOf('a')])).rejects.toMatchObject({ details: { detail: 'ECONNREFUSED' } });
		await authority.close();
	});

	it('asks again after a failure, as often as told', async () => {
		await using server = await startTsaServer(tsa, (request) => (request <= 2 ? 'status' : undefined));
		const patient = open(server.url, { attempts: 3 });
		expect(await patient.stamp([digestOf('a')])).toHaveLength(1);
		expect(server.requests()).toBe(3);
		await patient.close();
	});

	it('takes no token of an authority that is not trusted, or that may not stamp', async () => {
		const stranger = await createAuthority({ commonName: 'authority', days: 10 });
		await using server = await startTsaServer(tsa);
		const authority = open(server.url, { anchors: [stranger.certificate] });
		await expect(authority.stamp([digestOf('a')])).rejects.toMatchObject({ reason: 'TSA_UNAVAILABLE' });
		await authority.close();
		await using wrong = await startTsaServer(await issueCertificate(root, { commonName: 'signer', purpose: 'sign', days: 10 }));
		const other = open(wrong.url);
		await expect(other.stamp([digestOf('a')])).rejects.toMatchObject({
			details: { detail: 'the certificate is not for time-stamping only' },
		});
		await other.close();
	});
});
