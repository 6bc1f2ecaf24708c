import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNotificationEvent, NotificationEvent } from './events.ts';

const event: NotificationEvent = { ...NotificationEvent.decode(new Uint8Array()), id: 'event', notificationId: 7, version: 3 };

describe('an event of a notification', () => {
	it('is read as it was written', () => {
		expect(decodeNotificationEvent(NotificationEvent.encode(event).finish())).toEqual(event);
	});

	it.each([
		['without an id', { id: '' }],
		['of no notification', { notificationId: 0 }],
		['of a negative notification', { notificationId: -1 }],
		['of no version', { version: 0 }],
	])('is none %s', (_, change) => {
		expect(decodeNotificationEvent(NotificationEvent.encode({ ...event, ...change }).finish())).toBeUndefined();
	});

	it('is none in any bytes that happen to come along', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
				const read = decodeNotificationEvent(body);
				expect(read === undefined || read.notificationId > 0).toBe(true);
			}),
		);
	});
});
