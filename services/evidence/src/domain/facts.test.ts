import { EvidenceForm, Transition } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { describe, expect, it } from 'vitest';
import { claimed, draft } from '../testing/notifications.ts';
import { factsOf } from './facts.ts';

function reasonOf(notification: Parameters<typeof factsOf>[0]): unknown {
	try {
		return factsOf(notification);
	} catch (error) {
		return error instanceof DomainError ? [error.reason, error.details] : error;
	}
}

describe('facts of an evidence', () => {
	it.each([
		[Transition.DEPOSIT, 'DIPOSIT', '2026-11-20T10:00:00.123Z', undefined],
		[Transition.ACCEPT, 'ACCEPTAR', '2026-11-19T08:00:01.000Z', '2026-11-20T10:00:00.123Z'],
		[Transition.REJECT, 'REBUTJAR', '2026-11-19T08:00:01.000Z', '2026-11-20T10:00:00.123Z'],
		[Transition.EXPIRE, 'EXPIRAR', '2026-11-19T08:00:01.000Z', '2026-11-20T10:00:00.123Z'],
	])('%s is told as %s at the instant of its claim', (transition, motive, depositedAt, practisedAt) => {
		expect(factsOf(claimed(7, transition))).toMatchObject({ notificationId: 7, transition, motive, depositedAt, practisedAt });
	});

	it('a repeated deposit has the instant of its own claim, not of an earlier deposit', () => {
		const facts = factsOf(claimed(1, Transition.DEPOSIT, { depositedAt: new Date('2020-01-01T00:00:00Z') }));
		expect(facts.depositedAt).toBe('2026-11-20T10:00:00.123Z');
	});

	it('the creation is as the issuer wrote it, in its own zone, else the receipt', () => {
		const given = '2026-11-18T23:30:00.5+01:00';
		expect(factsOf(claimed(1, Transition.DEPOSIT, { draft: draft({ createdAtGiven: given }) })).createdAt).toBe(given);
		expect(factsOf(claimed(1)).createdAt).toBe('2026-11-19T08:00:00.001Z');
	});

	it('the form is the seed one unless the issuer chose the other', () => {
		const formOf = (evidenceForm: EvidenceForm) => factsOf(claimed(1, Transition.DEPOSIT, { draft: draft({ evidenceForm }) })).form;
		expect([EvidenceForm.UNSPECIFIED, EvidenceForm.SEED, EvidenceForm.HEAD].map(formOf)).toEqual([
			EvidenceForm.SEED,
			EvidenceForm.SEED,
			EvidenceForm.HEAD,
		]);
	});

	it('nothing is proved without a decision, or made up for one', () => {
		const { claim: _, ...unclaimed } = claimed(5);
		expect(reasonOf({ ...unclaimed, claim: undefined })).toEqual(['CLAIM_MISSING', { id: '5' }]);
		for (const transition of [Transition.FAIL, Transition.DISCARD, Transition.UNSPECIFIED]) {
			expect(reasonOf(claimed(5, transition))).toEqual(['TRANSITION_WITHOUT_EVIDENCE', { id: '5', transition }]);
		}
		expect(reasonOf(claimed(5, Transition.ACCEPT, { depositedAt: undefined }))).toEqual([
			'FACT_MISSING',
			{ id: '5', fact: 'deposited_at' },
		]);
		expect(reasonOf(claimed(5, Transition.DEPOSIT, { receivedAt: undefined }))).toEqual(['FACT_MISSING', { id: '5', fact: 'received_at' }]);
		expect(reasonOf(claimed(5, Transition.DEPOSIT, { draft: undefined }))).toEqual(['FACT_MISSING', { id: '5', fact: 'draft' }]);
	});
});
