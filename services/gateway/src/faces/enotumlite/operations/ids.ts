import { childrenOf, type XmlElement } from '@fefaent/xml';
import type { ContractProblem } from '../errors.ts';
import { wordFailure } from '../errors.ts';
import { collapsed, toId } from '../lexical.ts';

/** An id of a request: as given, and as ours where it can be one. */
export interface AskedId {
	readonly given: string;
	readonly id: number | undefined;
}

/** The ids of a consult or a cancellation, in order. */
export function askedIds(request: XmlElement): readonly AskedId[] {
	return childrenOf(request, 'IdNotificacio').map(({ text }) => askedId(text));
}

/** Reads one id. */
export function askedId(text: string): AskedId {
	return { given: collapsed(text), id: toId(text) };
}

/** CON_01, for an id that cannot be one of ours: nobody needs to be asked. */
export function neverOurs(): ContractProblem {
	const problem = wordFailure({ reason: 'NOTIFICATION_UNKNOWN', message: '', details: {} }, {});
	if (!problem) throw new Error('the table has lost NOTIFICATION_UNKNOWN');
	return problem;
}
