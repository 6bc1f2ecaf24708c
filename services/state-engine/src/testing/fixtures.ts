import { type Identity, IdentityScheme, Language, type Recipient } from '@fefaent/contracts/common';
import { type NotificationEvent, NotificationEventType } from '@fefaent/contracts/events';
import { Dialect, type Draft, EvidenceForm, type Notification, NotificationKind, State } from '@fefaent/contracts/notification';
import type { CalendarSettings } from '../domain/calendar.ts';

/** Calendars as configured by default. */
export const calendar: CalendarSettings = {
	zone: 'Europe/Madrid',
	periods: { retention: Temporal.Duration.from('P2M'), grace: Temporal.Duration.from('P7D') },
};

/** An instant as milliseconds. */
export const ms = (instant: string): number => new Date(instant).getTime();

export const nif = (value: string): Identity => ({ scheme: IdentityScheme.NIF, value });
export const cif = (value: string): Identity => ({ scheme: IdentityScheme.CIF, value });
export const vat = (value: string): Identity => ({ scheme: IdentityScheme.VAT, value });
export const passport = (value: string): Identity => ({ scheme: IdentityScheme.PASSPORT, value });
export const other = (value: string): Identity => ({ scheme: IdentityScheme.OTHER, value });

const reach = { emails: [], phones: [], language: Language.UNSPECIFIED };
const name = { givenName: 'Test', firstSurname: 'Person' };

export const natural = (identity: Identity): Recipient => ({ ...reach, party: { $case: 'natural', value: { identity, ...name } } });

export const legal = (identity: Identity, representative?: Identity): Recipient => ({
	...reach,
	party: {
		$case: 'legal',
		value: { identity, legalName: 'Test', ...(representative && { representative: { identity: representative, ...name } }) },
	},
});

export const collective = (identifier: string): Recipient => ({
	...reach,
	party: { $case: 'collective', value: { identity: other(identifier), name: 'Test' } },
});

/** What an issuer hands over. */
export function draft(change: Partial<Draft> = {}): Draft {
	return {
		issuer: { code: 'DEMO', name: 'Demo' },
		issuerReference: '',
		kind: NotificationKind.NOTIFICATION,
		title: 'Title',
		reference: 'Reference',
		createdAtGiven: '',
		expiryDays: 10,
		language: Language.CA,
		body: '',
		appealFooter: '',
		firstNotice: false,
		reminder: false,
		recipients: [natural(nif('12345678Z'))],
		documents: [],
		dialect: Dialect.ENOTUMLITE_SEED,
		evidenceForm: EvidenceForm.SEED,
		defaulted: [],
		...change,
	};
}

/** A notification as its owner gives it. */
export function notification(change: Partial<Notification> = {}): Notification {
	return {
		id: 1,
		iun: 'IUN',
		version: 1,
		draft: draft(),
		state: State.DEPOSITED,
		receivedAt: new Date('2026-01-10T09:00:00Z'),
		evidences: [],
		timeline: [],
		failure: '',
		...change,
	};
}

/** News on the topic. */
export function event(change: Partial<NotificationEvent> = {}): NotificationEvent {
	return {
		id: 'event',
		notificationId: 1,
		version: 1,
		type: NotificationEventType.CREATED,
		state: State.ENTERED,
		previousState: State.UNSPECIFIED,
		at: new Date('2026-01-10T09:00:00Z'),
		issuerCode: 'DEMO',
		evidenceId: '',
		dialect: Dialect.ENOTUMLITE_SEED,
		expiryDays: 10,
		firstNotice: false,
		reminder: true,
		receivedAt: new Date('2026-01-10T09:00:00Z'),
		...change,
	};
}
