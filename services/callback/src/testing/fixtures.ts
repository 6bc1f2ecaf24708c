import { CallbackForm, CredentialKind, type Endpoint } from '@fefaent/contracts/callback';
import { NotificationEvent, NotificationEventType } from '@fefaent/contracts/events';
import type { Evidence } from '@fefaent/contracts/evidence';
import { Dialect, Draft, EvidenceForm, Notification, NotificationKind, State } from '@fefaent/contracts/notification';
import { uuidv7 } from '@fefaent/kernel';
import type { ToldState } from '../domain/states.ts';
import { wordsOf } from '../domain/states.ts';

/** A message with nothing in it decodes to the defaults of all fields. */
const nothing = new Uint8Array();

/** When tests begin. */
export const noon = new Date('2026-03-02T12:00:00Z');

/** An endpoint of the issuer DEMO. */
export function endpoint(change: Partial<Endpoint> & Pick<Endpoint, 'url'>): Endpoint {
	return {
		id: '',
		issuerCode: 'DEMO',
		form: CallbackForm.ENOTUMLITE,
		enabled: true,
		states: [],
		credentialKind: CredentialKind.NONE,
		username: '',
		maxInFlight: 0,
		caPem: '',
		webhookPublicKey: '',
		createdAt: undefined,
		...change,
	};
}

/** A notification with only what callbacks read of it. */
export function notification(id: number, dialect: Dialect = Dialect.ENOTUMLITE_SEED): Notification {
	return {
		...Notification.decode(nothing),
		id,
		version: 3,
		state: State.DEPOSITED,
		receivedAt: noon,
		draft: {
			...Draft.decode(nothing),
			issuer: { code: 'DEMO', name: 'Ajuntament de prova' },
			issuerReference: `ref-${id}`,
			kind: NotificationKind.NOTIFICATION,
			dialect,
			evidenceForm: EvidenceForm.SEED,
		},
	};
}

/** The evidence of a state, with what XML has to escape. */
export function evidence(notificationId: number, state: ToldState): Evidence {
	return {
		id: evidenceId(notificationId, state),
		notificationId,
		transition: wordsOf(state).transition,
		xml: Buffer.from(evidenceXml(notificationId, state)),
		sha256: Buffer.alloc(32, notificationId % 256),
		issuedAt: noon,
		level: 'B-T',
	};
}

/** Its sealed document. */
export function evidenceXml(notificationId: number, state: State): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n<e:Evidencia xmlns:e="urn:e" id="${notificationId}"><![CDATA[a & b]]>&amp;\r\n${state} €</e:Evidencia>`;
}

/** Its id. */
export function evidenceId(notificationId: number, state: State): string {
	return `evidence-${notificationId}-${state}`;
}

/** The event of a change of state. */
export function changed(notificationId: number, state: State, at: Date, change: Partial<NotificationEvent> = {}): NotificationEvent {
	const proved = ([State.DEPOSITED, State.ACCEPTED, State.REJECTED, State.EXPIRED] as readonly State[]).includes(state);
	return {
		...NotificationEvent.decode(nothing),
		id: uuidv7(at),
		notificationId,
		version: 3,
		type: NotificationEventType.STATE_CHANGED,
		state,
		previousState: State.ENTERED,
		at,
		issuerCode: 'DEMO',
		evidenceId: proved ? evidenceId(notificationId, state) : '',
		dialect: Dialect.ENOTUMLITE_SEED,
		receivedAt: noon,
		...change,
	};
}
