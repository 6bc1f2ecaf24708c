import { DeliveryState } from '@fefaent/contracts/callback';
import { Notification, State } from '@fefaent/contracts/notification';
import { Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import { expect, test } from 'vitest';
import { mergeTimeline, type Traces } from './timeline.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 9, 0, second));

const traces: Traces = {
	notification: {
		...Notification.decode(new Uint8Array()),
		timeline: [
			{ category: 'ENTERED', at: at(0), actor: 'issuer', detail: '' },
			{ category: 'DEPOSITED', at: at(2), actor: 'engine', detail: '', traceId: 'a'.repeat(32) },
			{ category: 'REMINDER_DUE', at: at(9), actor: 'engine', detail: '' },
		],
	},
	notices: [
		{
			id: 'n1',
			notificationId: 7,
			recipientIndex: 1,
			channel: Channel.EMAIL,
			kind: NoticeKind.FIRST,
			state: NoticeState.SENT,
			attempts: 1,
			failure: '',
			recordedAt: at(3),
			settledAt: at(5),
			providerReference: 'x',
		},
		{
			id: 'n2',
			notificationId: 7,
			recipientIndex: 0,
			channel: Channel.SMS,
			kind: NoticeKind.REMINDER,
			state: NoticeState.PENDING,
			attempts: 2,
			failure: 'THROTTLED',
			recordedAt: at(10),
			nextAttemptAt: at(40),
			providerReference: '',
		},
	],
	deliveries: [
		{
			id: 'd1',
			endpointId: 'e1',
			eventId: '',
			toldAt: at(2),
			evidenceId: '',
			traceId: 'b'.repeat(32),
			givenUp: '',
			notificationId: 7,
			toldState: State.DEPOSITED,
			state: DeliveryState.PENDING,
			recordedAt: at(3),
			nextAttemptAt: at(34),
			attempts: [{ number: 1, at: at(4), durationMs: 12, httpStatus: 503, failure: 'HTTP_SERVER_ERROR', detail: '' }],
		},
	],
	workflow: { id: 7, definition: 'enotum.v1', state: 'waiting', timers: [{ kind: 'expiry', dueAt: at(50), attempts: 0 }] },
};

test('all that is known of a notification stands in time order, what is to come marked', () => {
	expect(mergeTimeline(traces).map(({ at, event, upcoming }) => `${at.slice(17, 19)} ${event}${upcoming ? ' !' : ''}`)).toEqual([
		'00 entered',
		'02 deposited',
		'03 email first recorded',
		'03 deposited to be told',
		'04 deposited attempt 1 failed',
		'05 email first sent',
		'09 reminder due',
		'10 sms reminder recorded',
		'34 deposited attempt 2 !',
		'40 sms reminder attempt 3 !',
		'50 expiry !',
	]);
});

test('each says what it is about', () => {
	const events = mergeTimeline(traces);
	expect(events.find((one) => one.event === 'deposited attempt 1 failed')).toEqual({
		at: at(4).toISOString(),
		source: 'delivery',
		event: 'deposited attempt 1 failed',
		ref: 'd1',
		detail: 'HTTP_SERVER_ERROR, HTTP 503',
		traceId: 'b'.repeat(32),
		upcoming: false,
	});
	expect(events.find((one) => one.event === 'email first sent')).toMatchObject({ ref: 'n1', detail: 'recipient 2' });
	expect(events.find((one) => one.event === 'deposited')).toMatchObject({ actor: 'engine', traceId: 'a'.repeat(32) });
	expect(events.find((one) => one.event === 'entered')).toEqual({
		at: at(0).toISOString(),
		source: 'notification',
		event: 'entered',
		actor: 'issuer',
		upcoming: false,
	});
});

test('what was given up says so', () => {
	const [delivery] = traces.deliveries;
	if (!delivery) throw new Error('the table has a delivery');
	const { nextAttemptAt: _, ...rest } = delivery;
	const events = mergeTimeline({
		...traces,
		deliveries: [{ ...rest, state: DeliveryState.EXHAUSTED, settledAt: at(20), givenUp: 'ENDPOINT_DELETED' }],
	});
	expect(events.find((one) => one.at === at(20).toISOString())).toMatchObject({
		event: 'deposited given up',
		detail: 'ENDPOINT_DELETED',
		upcoming: false,
	});
});
