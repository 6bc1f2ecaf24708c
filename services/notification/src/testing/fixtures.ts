import type { Recipient } from '@fefaent/contracts/common';
import {
	type Author,
	type ClaimItem,
	type CompleteItem,
	type Draft,
	type EvidenceRef,
	isProved,
	type Notification,
	State,
	Transition,
} from '@fefaent/contracts/notification';
import { claim } from '../domain/claim.ts';
import { complete } from '../domain/complete.ts';
import { enter } from '../domain/create.ts';
import { liveOf } from '../domain/decision.ts';
import { ruleOf } from '../domain/transitions.ts';

/** The instant that tests start at. */
export const noon = new Date('2026-03-02T12:00:00Z');

/** `ms` milliseconds after {@link noon}. */
export function after(ms: number): Date {
	return new Date(noon.getTime() + ms);
}

/** The transitions that exist. */
export const transitions = [
	Transition.DEPOSIT,
	Transition.ACCEPT,
	Transition.REJECT,
	Transition.EXPIRE,
	Transition.FAIL,
	Transition.DISCARD,
] as const;

/** The states that exist. */
export const states = [
	State.ENTERED,
	State.DEPOSITED,
	State.ACCEPTED,
	State.REJECTED,
	State.EXPIRED,
	State.FAILED,
	State.DISCARDED,
] as const;

/** A natural person as recipient. */
export const recipient: Recipient = {
	party: {
		$case: 'natural',
		value: {
			identity: { scheme: 'IDENTITY_SCHEME_NIF', value: '12345678Z' },
			givenName: 'Maria',
			firstSurname: 'Puig',
			secondSurname: undefined,
		},
	},
	emails: ['maria@example.cat'],
	phones: ['600000000'],
	language: 'LANGUAGE_UNSPECIFIED',
};

/** A draft that is within all bounds, but for what `change` says. */
export function draft(change: Partial<Draft> = {}): Draft {
	return {
		issuer: { code: 'DEMO', name: 'Ajuntament de Prova' },
		issuerReference: '',
		kind: 'NOTIFICATION_KIND_NOTIFICATION',
		title: 'Resolució',
		reference: 'EXP/1',
		createdAtGiven: '',
		expiryDays: 10,
		language: 'LANGUAGE_CA',
		body: '',
		appealFooter: '',
		firstNotice: true,
		reminder: false,
		recipients: [recipient],
		documents: [
			{
				name: 'resolucio.pdf',
				algorithm: 'DIGEST_ALGORITHM_SHA256',
				digest: new Uint8Array(32).fill(7),
				kind: 'DOCUMENT_KIND_RESOLUTION',
				algorithmGiven: true,
			},
		],
		dialect: 'DIALECT_ENOTUMLITE_HEAD',
		evidenceForm: 'EVIDENCE_FORM_HEAD',
		defaulted: [],
		...change,
	};
}

/** Who decides in tests. */
export const author: Author = { actor: 'engine' };

/** The proof of a transition; the same one for the same notification, as the evidence service answers it. */
export function evidence(id: number, transition: Transition): EvidenceRef {
	return { transition, evidenceId: `evidence-${id}-${transition}`, sha256: new Uint8Array(32).fill(1) };
}

/** A decision, expected from every state unless told. */
export function claimItem(
	id: number,
	transition: Transition,
	expectedStates: readonly State[] = states,
): ClaimItem & { readonly author: Author } {
	return { id, transition, target: ruleOf(transition)?.target ?? State.UNSPECIFIED, expectedStates: [...expectedStates], author };
}

/** A completion with the proof that the transition asks for. */
export function completeItem(id: number, transition: Transition, failure = ''): CompleteItem {
	const proved = failure === '' && isProved(transition);
	return { id, transition, failure, ...(proved ? { evidence: evidence(id, transition) } : {}) };
}

/** A notification just entered at {@link noon}. */
export function entered(id = 1, change: Partial<Draft> = {}): Notification {
	return enter(draft(change), id, noon).notification;
}

/** A notification that went through transitions, one second after the other. */
export function walked(notification: Notification, ...path: readonly Transition[]): Notification {
	return path.reduce((current, transition, index) => {
		const at = after((index + 1) * 1000);
		const claimed = claim(current, claimItem(current.id, transition), at).result.notification;
		return liveOf(complete(claimed, completeItem(current.id, transition), at).next) ?? current;
	}, notification);
}

/** The transitions that lead from ENTERED to each state. */
export const pathTo: Readonly<Partial<Record<State, readonly Transition[]>>> = {
	[State.ENTERED]: [],
	[State.DEPOSITED]: [Transition.DEPOSIT],
	[State.ACCEPTED]: [Transition.DEPOSIT, Transition.ACCEPT],
	[State.REJECTED]: [Transition.DEPOSIT, Transition.REJECT],
	[State.EXPIRED]: [Transition.DEPOSIT, Transition.EXPIRE],
	[State.FAILED]: [Transition.FAIL],
	[State.DISCARDED]: [Transition.DISCARD],
};

/** A notification in a state, reached by its usual way. */
export function inState(state: State, id = 1, change: Partial<Draft> = {}): Notification {
	return walked(entered(id, change), ...(pathTo[state] ?? []));
}
