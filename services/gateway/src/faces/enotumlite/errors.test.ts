import { describe, expect, it } from 'vitest';
import { stateLiteral, unexpected, wordFailure } from './errors.ts';

const failure = (reason: string, details: Record<string, string> = {}) => ({ reason, message: 'in English', details });

describe('wordFailure', () => {
	it.each<[string, string, Record<string, string>, Parameters<typeof wordFailure>[1], string]>([
		['ISSUER_REFERENCE_TAKEN', 'NOT_02', {}, { issuerReference: 'A-1' }, 'IdNotificacioEmissor: el valor A-1'],
		['NOTIFICATION_UNKNOWN', 'CON_01', {}, {}, 'no existeix'],
		['NOT_YOURS', 'CON_02', {}, {}, 'emissor'],
		['IDENTITY_INVALID', 'NOT_03', { scheme: 'NIF' }, { documents: { NIF: '04444444H', CIF: 'x' } }, 'NIF invàlid: 04444444H'],
		['IDENTITY_INVALID', 'NOT_04', { scheme: 'CIF' }, { documents: { NIF: 'x', CIF: 'B1' } }, 'CIF invàlid: B1'],
		['RECIPIENT_AMBIGUOUS', 'PRC_01', {}, {}, 'destinatari'],
		['NOT_PRACTISABLE', 'PRC_02', { state: 'STATE_EXPIRED' }, { decision: 'ACCEPTAR' }, 'EXPIRADA'],
		['ALREADY_DECIDED', 'PRC_03', { state: 'STATE_REJECTED' }, { decision: 'ACCEPTAR' }, 'REBUTJADA, decisió sol·licitada ACCEPTAR'],
	])('%s is %s', (reason, code, details, item, text) => {
		const worded = wordFailure(failure(reason, details), item);
		expect(worded?.code).toBe(code);
		expect(worded?.message).toContain(text);
	});

	it('has nothing to say of what the contract does not know', () => {
		for (const reason of ['PROOF_UNAVAILABLE', 'INTERNAL', '', 'toString', '__proto__'])
			expect(wordFailure(failure(reason), {})).toBeUndefined();
	});

	it('does not repeat a long value whole', () => {
		expect(wordFailure(failure('ISSUER_REFERENCE_TAKEN'), { issuerReference: 'x'.repeat(9000) })?.message.length).toBeLessThan(250);
	});
});

it.each([
	['STATE_ENTERED', 'ENTRADA'],
	['STATE_DEPOSITED', 'DIPOSITADA'],
	['STATE_ACCEPTED', 'ACCEPTADA'],
	['STATE_REJECTED', 'REBUTJADA'],
	['STATE_EXPIRED', 'EXPIRADA'],
	['STATE_FAILED', 'ERROR'],
	['STATE_DISCARDED', 'DESCARTADA'],
])('%s is %s', (state, literal) => {
	expect(stateLiteral(state)).toBe(literal);
});

it('an unexpected failure has a reference and no detail', () => {
	expect(unexpected('r-1')).toEqual({ code: 'ERR_02', message: 'S’ha produït un error inesperat (referència r-1)' });
});
