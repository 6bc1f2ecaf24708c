import type { PractiseItem } from '@fefaent/contracts/lifecycle';
import { State, Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { cif, draft, natural, nif, notification, passport } from '../testing/fixtures.ts';
import { judge } from './practise.ts';
import { allStates, stateOfDecision } from './states.ts';

const item = (change: Partial<PractiseItem> = {}): PractiseItem => ({ id: 1, decision: Transition.ACCEPT, ...change });
const reasonOf = (...args: Parameters<typeof judge>): string => {
	const judged = judge(...args);
	return judged.kind === 'refused' ? judged.failure.reason : judged.kind;
};

const outcomes: Readonly<Record<string, readonly [accept: string, reject: string]>> = {
	[State.ENTERED]: ['NOT_PRACTISABLE', 'NOT_PRACTISABLE'],
	[State.DEPOSITED]: ['open', 'open'],
	[State.ACCEPTED]: ['decided', 'ALREADY_DECIDED'],
	[State.REJECTED]: ['ALREADY_DECIDED', 'decided'],
	[State.EXPIRED]: ['NOT_PRACTISABLE', 'NOT_PRACTISABLE'],
	[State.FAILED]: ['NOT_PRACTISABLE', 'NOT_PRACTISABLE'],
	[State.DISCARDED]: ['NOT_PRACTISABLE', 'NOT_PRACTISABLE'],
};

describe('a decision by state', () => {
	it('has a rule for every state', () => {
		expect(Object.keys(outcomes).sort()).toEqual([...allStates].sort());
	});

	it.each(allStates.map((state) => [state, ...(outcomes[state] ?? ['', ''])] as const))(
		'%s: accept %s, reject %s',
		(state, accept, reject) => {
			expect(reasonOf(item(), notification({ state }), 'DEMO')).toBe(accept);
			expect(reasonOf(item({ decision: Transition.REJECT }), notification({ state }), 'DEMO')).toBe(reject);
		},
	);

	it('tells state and decision when it comes too late', () => {
		expect(judge(item(), notification({ state: State.REJECTED }), 'DEMO')).toMatchObject({
			failure: { details: { state: State.REJECTED, decision: Transition.ACCEPT } },
		});
	});
});

describe('a decision is refused', () => {
	const two = draft({ recipients: [natural(nif('12345678Z')), natural(passport('AB123456'))] });

	it.each([
		['for an unknown notification', item({ natural: nif('x') }), undefined, 'NOTIFICATION_UNKNOWN'],
		[
			'for another issuer’s, before anything else',
			item({ natural: nif('x') }),
			notification({ draft: draft({ issuer: { code: 'X', name: '' } }) }),
			'NOT_YOURS',
		],
		['for a malformed NIF, before the match', item({ natural: nif('12345678A') }), notification({ draft: two }), 'IDENTITY_INVALID'],
		['for a malformed CIF', item({ legal: cif('B65410012') }), notification(), 'IDENTITY_INVALID'],
		['for a malformed passport as for one of nobody', item({ natural: passport('') }), notification(), 'RECIPIENT_AMBIGUOUS'],
		['for a document of nobody', item({ natural: nif('00000000T') }), notification(), 'RECIPIENT_AMBIGUOUS'],
		['without a document among two', item(), notification({ draft: two }), 'RECIPIENT_AMBIGUOUS'],
		['for the match before the state', item(), notification({ draft: two, state: State.EXPIRED }), 'RECIPIENT_AMBIGUOUS'],
	] as const)('%s', (_, asked, known, reason) => {
		expect(reasonOf(asked, known, 'DEMO')).toBe(reason);
	});

	it('without telling the document', () => {
		const judged = judge(item({ legal: cif('B65410012') }), notification(), 'DEMO');
		expect(judged).toMatchObject({ failure: { details: { scheme: 'CIF' } } });
		expect(JSON.stringify(judged)).not.toContain('B65410012');
	});
});

it('records who decided', () => {
	const known = notification({ draft: draft({ recipients: [natural(passport('AB123456')), natural(nif('12345678Z'))] }) });
	expect(judge(item({ natural: nif('12345678Z') }), known, 'DEMO')).toEqual({
		kind: 'open',
		author: { actor: 'issuer', recipientIndex: 1, natural: nif('12345678Z'), legal: undefined },
	});
});

it('knows what recipients decide', () => {
	expect([Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE].map(stateOfDecision)).toEqual([
		State.ACCEPTED,
		State.REJECTED,
		undefined,
	]);
});
