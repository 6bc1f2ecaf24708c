import type { ContractProblem } from '../errors.ts';
import type { DialectName } from '../names.ts';
import type { WireIdentity, WireNotification, WireParty } from '../wire.ts';

/** What rules know besides the notification. */
export interface RuleContext {
	readonly dialect: DialectName;
	/** Identity keys of the administrations reached through EACAT. */
	readonly administrations: ReadonlySet<string>;
}

/** Finds what is wrong with one notification, or nothing. Pure. */
export type Rule = (notification: WireNotification, context: RuleContext) => ContractProblem | undefined;

/** The first problem that a list of checks finds. */
export function first<T>(values: readonly T[], check: (value: T) => ContractProblem | undefined): ContractProblem | undefined {
	for (const value of values) {
		const problem = check(value);
		if (problem) return problem;
	}
	return undefined;
}

/** Every identity of a notification with whose it is, in document order: recipients, each followed by the person bound to it. */
export function identitiesOf(notification: WireNotification): readonly { readonly identity: WireIdentity; readonly of: IdentityHolder }[] {
	return notification.recipients.flatMap(({ party }) => holders(party));
}

/** Whose identity it is. */
export type IdentityHolder = 'natural' | 'legal' | 'bound' | 'collective';

function holders(party: WireParty): { identity: WireIdentity; of: IdentityHolder }[] {
	const own = { identity: party.identity, of: party.kind };
	return party.kind === 'legal' && party.bound ? [own, { identity: party.bound.identity, of: 'bound' }] : [own];
}
