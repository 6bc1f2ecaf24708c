import { NotificationEventType } from '@fefaent/contracts/events';
import { type Notification, State, Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { after, claimItem, entered, inState, noon, states, walked } from '../testing/fixtures.ts';
import { claim } from './claim.ts';
import { liveOf, type Stored } from './decision.ts';
import { remind } from './remind.ts';
import { exportKey, markExported, purge } from './retention.ts';

const resting = [State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED, State.DISCARDED];
const live = (notification: Notification): Stored => ({ kind: 'live', notification });
const exported = (notification: Notification): Notification =>
	liveOf(markExported(notification, notification.version, after(60_000)).next) ?? notification;

describe('export and purge', () => {
	it.each(states)('of a notification in %s', (state) => {
		const notification = inState(state);
		const rests = resting.some((one) => one === state);
		const marked = markExported(notification, notification.version, after(60_000));
		expect(marked.result).toBe(rests);
		expect(marked.next !== undefined).toBe(rests);
		expect(purge(live(notification), after(60_000)).result).toBe(false);
		if (!marked.next) return;
		const gone = purge(marked.next, after(90_000));
		expect(gone.result).toBe(true);
		expect(gone.next).toEqual({
			kind: 'purged',
			tombstone: {
				id: 1,
				version: notification.version + 2,
				issuerCode: 'DEMO',
				purgedAt: after(90_000),
				exportKey: 'exports/DEMO/2026/1.zip',
			},
		});
		expect(gone.events).toMatchObject([
			{ type: NotificationEventType.PURGED, version: notification.version + 2, state, previousState: state },
		]);
		expect(purge(gone.next, after(99_000))).toEqual({ result: true, events: [] });
	});

	it('waits for a decision that is pending', () => {
		const notification = claim(exported(inState(State.ACCEPTED)), claimItem(1, Transition.DISCARD), after(60_000)).result.notification;
		expect(purge(live(notification as Notification), after(90_000)).result).toBe(false);
		expect(markExported(notification, notification?.version ?? 0, after(90_000)).result).toBe(false);
	});

	it('asks for another export when the notification changed since', () => {
		const changedSince = walked(exported(inState(State.ACCEPTED)), Transition.DISCARD);
		expect(changedSince.state).toBe(State.DISCARDED);
		expect(purge(live(changedSince), after(90_000)).result).toBe(false);
		expect(purge(live(exported(changedSince)), after(90_000)).result).toBe(true);
	});

	it('does not mark a version that the zip does not hold', () => {
		const notification = inState(State.ACCEPTED);
		expect(markExported(notification, notification.version - 1, noon)).toEqual({ result: false, events: [] });
	});

	it('does nothing to what is unknown', () => {
		expect(purge(undefined, noon)).toEqual({ result: false, events: [] });
		expect(markExported(undefined, 1, noon)).toEqual({ result: false, events: [] });
	});

	it.each([
		['DEMO', 'exports/DEMO/2026/1.zip'],
		['../../etc', 'exports/%2E%2E%2F%2E%2E%2Fetc/2026/1.zip'],
		['L’Hospitalet (1)', 'exports/L%E2%80%99Hospitalet%20%281%29/2026/1.zip'],
		['D'.repeat(100), `exports/${'D'.repeat(100)}/2026/1.zip`],
		['\ud800', 'exports/%EF%BF%BD/2026/1.zip'],
	])('keeps the exports of issuer %s at %s', (code, key) => {
		expect(exportKey(entered(1, { issuer: { code, name: '' } }))).toBe(key);
	});
});

describe('the folder of an issuer', () => {
	const folderOf = (code: string) => exportKey(entered(1, { issuer: { code, name: '' } })).split('/')[1] ?? '';

	it.each(['ç', '機', '😀', '('])('is bounded for a code of 100 "%s", and another one for another code', (one) => {
		const code = one.repeat(100 / one.length);
		expect(folderOf(code)).toMatch(/^(%[0-9A-F]{2}){1,40}-[0-9a-f]{16}$/);
		expect(folderOf(code)).toBe(folderOf(code));
		expect(folderOf(code)).not.toBe(folderOf(`${code.slice(0, -1)}x`));
	});
});

describe('remind', () => {
	it.each(states)('of a notification in %s', (state) => {
		const notification = inState(state);
		const { result, next, events } = remind(notification, after(60_000));
		expect(result).toBe(state === State.DEPOSITED);
		if (!result) expect(next).toBeUndefined();
		else {
			expect(events).toMatchObject([
				{ type: NotificationEventType.REMINDER_DUE, state, previousState: state, version: notification.version + 1 },
			]);
			expect(remind(liveOf(next), after(90_000))).toEqual({ result: true, events: [] });
		}
	});

	it('passes over a notification that somebody has decided on, and an unknown one', () => {
		const claimed = claim(inState(State.DEPOSITED), claimItem(1, Transition.ACCEPT), noon).result.notification;
		expect(remind(claimed, noon)).toEqual({ result: false, events: [] });
		expect(remind(undefined, noon)).toEqual({ result: false, events: [] });
	});

	it('is remembered when the notification has moved on', () => {
		const reminded = liveOf(remind(inState(State.DEPOSITED), after(5000)).next) as Notification;
		expect(remind(walked(reminded, Transition.ACCEPT), after(9000))).toEqual({ result: true, events: [] });
	});
});
