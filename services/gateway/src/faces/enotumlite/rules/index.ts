import type { ContractProblem } from '../errors.ts';
import type { WireNotification } from '../wire.ts';
import { administrations } from './administrations.ts';
import { content } from './content.ts';
import { digests } from './digests.ts';
import { cif, distinct, legalDocument, naturalDocument, nif } from './identity.ts';
import { phones } from './phones.ts';
import type { Rule, RuleContext } from './rule.ts';

/** In the order of their codes, NOT_02 to NOT_10: the first that finds something decides what the item is answered. */
const rules: readonly Rule[] = [content, nif, cif, phones, digests, naturalDocument, legalDocument, distinct, administrations];

/** What is wrong with a notification: the problem of the lowest code, and of those the first in document order. */
export function problemOf(notification: WireNotification, context: RuleContext): ContractProblem | undefined {
	for (const rule of rules) {
		const problem = rule(notification, context);
		if (problem) return problem;
	}
	return undefined;
}
