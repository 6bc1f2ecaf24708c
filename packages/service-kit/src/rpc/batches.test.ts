import { Draft } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byWeight, inHalves, weightOf, whole } from './batches.ts';
import { failCall } from './errors.ts';

/** A service that takes and answers so much at a time. */
const limited = (most: number, asked: number[][] = []) => ({
	asked,
	call: async (some: number[]): Promise<number[]> => {
		asked.push(some);
		if (some.reduce((sum, one) => sum + one, 0) > most) throw failCall('MESSAGE_TOO_LARGE', { method: 'A/B' });
		return some.map((one) => -one);
	},
});

describe('a batch in halves', () => {
	it('answers every item in its place, and fails those alone that are too large by themselves', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 40 }), fc.integer({ min: 1, max: 200 }), async (items, most) => {
				const results = await inHalves(items, limited(most).call);
				expect(results.map((one) => (one instanceof DomainError ? one.reason : one))).toEqual(
					items.map((one) => (one > most ? 'MESSAGE_TOO_LARGE' : -one)),
				);
			}),
		);
	});

	it('is one call where it fits, and none about nothing', async () => {
		const { asked, call } = limited(100);
		expect(await inHalves([1, 2, 3], call)).toEqual([-1, -2, -3]);
		expect(await inHalves([], call)).toEqual([]);
		expect(asked).toEqual([[1, 2, 3]]);
	});

	it('fails as the call does, and for an answer that does not fit its question', async () => {
		const unavailable = failCall('UNAVAILABLE', { method: 'A/B' });
		await expect(inHalves([1], () => Promise.reject(unavailable))).rejects.toBe(unavailable);
		await expect(inHalves([1, 2], async () => [1])).rejects.toThrow('1 results for 2 items');
	});

	it('fails whole for those who need all of it', async () => {
		expect(whole(await inHalves([1, 2], limited(2).call))).toEqual([-1, -2]);
		const some = await inHalves([1, 9], limited(2).call);
		expect(() => whole(some)).toThrow(expect.objectContaining({ reason: 'MESSAGE_TOO_LARGE' }));
	});
});

describe('parts by weight', () => {
	it('hold everything once and in order, none above the bound but a single item', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 60 }), (items, most) => {
				const parts = byWeight(items, (one) => one, most);
				expect(parts.flat()).toEqual(items);
				for (const part of parts) if (part.length !== 1) expect(part.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(most);
				expect(parts.every((part) => part.length > 0)).toBe(true);
			}),
		);
	});

	it('weigh no less than what is sent', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(5), fc.uint8Array({ maxLength: 300 }), (text, count, digest) => {
				const recipient = { party: undefined, emails: Array<string>(count).fill(text), phones: [text], language: 'LANGUAGE_CA' } as const;
				const document = {
					name: text,
					algorithm: 'DIGEST_ALGORITHM_SHA512',
					digest,
					kind: 'DOCUMENT_KIND_ANNEX',
					algorithmGiven: true,
				} as const;
				const draft: Draft = {
					...Draft.decode(new Uint8Array()),
					issuer: { code: text, name: text },
					body: text,
					appealFooter: text,
					recipients: Array.from({ length: count }, () => ({ ...recipient, emails: [...recipient.emails], phones: [...recipient.phones] })),
					documents: Array.from({ length: count }, () => document),
					defaulted: ['DRAFT_SETTING_REMINDER'],
				};
				expect(weightOf(draft)).toBeGreaterThanOrEqual(Draft.encode(draft).finish().byteLength);
			}),
		);
		expect(weightOf({ at: new Date(), bytes: new Uint8Array(1_000), left: undefined })).toBeLessThan(1_100);
	});
});
