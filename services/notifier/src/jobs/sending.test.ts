import { Language } from '@fefaent/contracts/common';
import { NotificationEventType } from '@fefaent/contracts/events';
import { State } from '@fefaent/contracts/notification';
import { Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually, startDrippingServer, startSmppServer, startSmsHttpProvider, startSmtpSink } from '@fefaent/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deposit, noticesOf, recipient, retrySoon, statesOf, world } from '../testing/scenes.ts';
import { depositedNotification, eventOf } from '../testing/world.ts';

describe('embedded outboxes', () => {
	it('get what recipients are told: one e-mail to all mailboxes, one SMS to each telephone', async () => {
		const here = await world();
		const recipients = [
			recipient(['maria@example.org', 'puig@example.org'], ['600000000', '+34600000001'], Language.EN),
			recipient([], []),
			recipient([], ['+37812345678']),
		];
		await deposit(here, depositedNotification(1, recipients));
		const notices = await noticesOf(here, 1);
		expect(notices.map((one) => [one.recipientIndex, one.channel, one.kind, one.state, one.attempts])).toEqual([
			[0, Channel.EMAIL, NoticeKind.FIRST, NoticeState.SENT, 1],
			[0, Channel.SMS, NoticeKind.FIRST, NoticeState.SENT, 1],
			[2, Channel.SMS, NoticeKind.FIRST, NoticeState.SENT, 1],
		]);
		const { messages: mails } = await here.client.listMailOutbox({ limit: 100 });
		expect(mails.map(({ to }) => to)).toEqual([['maria@example.org', 'puig@example.org']]);
		expect(mails[0]).toMatchObject({ noticeId: notices[0]?.id, messageId: `<${notices[0]?.id}@notices.fefaent.invalid>` });
		expect(mails[0]?.subject).toMatch(/^New electronic notification from Ajuntament de Mostra/);
		const { messages: sms } = await here.client.listSmsOutbox({ limit: 100 });
		expect(sms.map(({ to }) => to).toSorted()).toEqual(['+34600000000', '+34600000001', '+37812345678']);
		expect(await here.service.backlog()).toBe(0);
	});

	it('get nothing on a deposit without first notice, and a reminder when it is due', async () => {
		const here = await world();
		const notification = depositedNotification(1);
		here.notifications.set(1, notification);
		await here.happen(eventOf(notification, { firstNotice: false }));
		expect(await noticesOf(here, 1)).toEqual([]);
		await here.happen(eventOf(notification, { type: NotificationEventType.REMINDER_DUE }));
		expect((await noticesOf(here, 1)).map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => NoticeKind.REMINDER));
		expect((await here.client.listMailOutbox({ limit: 10 })).messages.at(-1)?.subject).toMatch(/^Recordatori/);
	});
});

describe('by SMTP', () => {
	it('a refusal for now is tried again as time goes on, under the same Message-ID, only where it failed', async () => {
		await using sink = await startSmtpSink({
			fail: ({ stage, to }) => (stage === 'rcpt' && to.at(-1)?.startsWith('pere') ? { code: 452, message: '4.2.2 full' } : undefined),
		});
		const here = await world({ ...retrySoon, FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org', 'pere@example.org'], [])]));
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.PENDING, attempts: 1, failure: 'MAILBOX_FULL' });
		expect(await here.service.backlog()).toBe(0);
		sink.failWith(undefined);
		await here.advance(2 * 3_600_000);
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.SENT, attempts: 2, failure: '' });
		expect(sink.messages.map(({ envelope }) => envelope.to)).toEqual([['maria@example.org'], ['pere@example.org']]);
		expect(new Set(sink.messages.map(({ messageId, subject }) => messageId + subject)).size).toBe(1);
	});

	it('a refusal for good is given up at once, and can be redriven', async () => {
		await using sink = await startSmtpSink({ fail: ({ stage }) => (stage === 'rcpt' ? { code: 550, message: '5.1.1 no' } : undefined) });
		const here = await world({ FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		const [given] = await noticesOf(here, 1);
		expect(given).toMatchObject({ state: NoticeState.FAILED, attempts: 1, failure: 'MAILBOX_UNKNOWN' });
		sink.failWith(undefined);
		expect(await here.client.redriveNotices({ noticeIds: [given?.id ?? ''], notificationIds: [] })).toEqual({ redriven: 1 });
		await here.service.settled();
		expect(await statesOf(here, 1)).toEqual([NoticeState.SENT]);
	});

	it('attempts end', async () => {
		await using sink = await startSmtpSink({ fail: ({ stage }) => (stage === 'data' ? { code: 451, message: 'no' } : undefined) });
		const here = await world({ ...retrySoon, FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		await here.advance(2 * 3_600_000);
		await here.advance(10 * 3_600_000);
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.FAILED, attempts: 3, failure: 'PROVIDER_UNAVAILABLE' });
	});

	it('what waits is dropped once the notification is over', async () => {
		await using sink = await startSmtpSink({ fail: ({ stage }) => (stage === 'data' ? { code: 451, message: 'no' } : undefined) });
		const here = await world({ ...retrySoon, FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
		const notification = depositedNotification(1, [recipient(['maria@example.org'], [])]);
		await deposit(here, notification);
		sink.failWith(undefined);
		await here.happen(eventOf({ ...notification, state: State.EXPIRED }));
		await here.advance(2 * 3_600_000);
		expect([await statesOf(here, 1), sink.messages.length]).toEqual([[NoticeState.DROPPED], 0]);
	});

	it('a mailbox that would break the conversation is not tried, the others are', async () => {
		await using sink = await startSmtpSink();
		const here = await world({ FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
		const recipients = [recipient(['maria@example.org', 'x>\r\nRCPT TO:<evil@example.org'], []), recipient(['not one'], [])];
		await deposit(here, depositedNotification(1, recipients));
		expect((await noticesOf(here, 1)).map(({ state, failure }) => [state, failure])).toEqual([
			[NoticeState.SENT, 'MAILBOX_INVALID'],
			[NoticeState.FAILED, 'MAILBOX_INVALID'],
		]);
		expect(sink.messages.map(({ envelope }) => envelope.to)).toEqual([['maria@example.org']]);
	});

	it('notices that wait are sent by the process that starts next', async () => {
		await using sink = await startSmtpSink();
		const here = await world({ ...retrySoon, FEFAENT_NOTIFIER_SMTP_URL: 'smtp://127.0.0.1:1' });
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.PENDING, failure: 'CONNECTION_FAILED' });
		await here.restart({ ...retrySoon, FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
		await here.advance(2 * 3_600_000);
		expect([await statesOf(here, 1), sink.messages.length]).toEqual([[NoticeState.SENT], 1]);
	});

	it('a try ends before its lease does, so that no other one begins meanwhile', async () => {
		await using server = await startDrippingServer({ greeting: '220 here\r\n', answer: () => undefined, drip: '250-and\r\n' });
		const here = await world({
			...retrySoon,
			FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
			FEFAENT_NOTIFIER_SMTP_TIMEOUT: '200ms',
			FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT: '200ms',
			FEFAENT_NOTIFIER_LEASE: '1s',
		});
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.PENDING, attempts: 1, failure: 'TIMED_OUT' });
		expect(server.connections).toBe(1);
	});

	it('what is under way is not taken again by the process that sends it, though the machine’s time jumps over the end of its lease', async () => {
		await using sink = await startSmtpSink();
		const here = await world({ FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}`, ...retrySoon });
		const held = Promise.withResolvers<void>();
		let begun = 0;
		armCrashpoints((name) => (name === 'notifier.mail.before-send' && begun++ === 0 ? held.promise : undefined));
		onTestFinished(() => {
			armCrashpoints(undefined);
			vi.useRealTimers();
		});
		const first = deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		await eventually(() => expect(begun).toBe(1));
		vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
		// Sent by the look that finds the lease of the first one over.
		const second = deposit(here, depositedNotification(2, [recipient(['pere@example.org'], [])]));
		await eventually(() => expect(sink.messages).toHaveLength(1));
		held.resolve();
		await Promise.all([first, second]);
		expect(sink.messages.map(({ envelope }) => envelope.to)).toEqual([['pere@example.org'], ['maria@example.org']]);
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.SENT, attempts: 1 });
	});

	it('one that was sent and not written down is sent again under its Message-ID', async () => {
		await using sink = await startSmtpSink();
		const here = await world({ FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}`, ...retrySoon });
		onTestFinished(() => armCrashpoints(undefined));
		let lost = 0;
		armCrashpoints((name) => {
			if (name === 'notifier.mail.after-send' && lost++ === 0) throw new Error('the process ends here');
		});
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.PENDING, failure: 'UNKNOWN' });
		await here.advance(2 * 3_600_000);
		expect(await statesOf(here, 1)).toEqual([NoticeState.SENT]);
		expect(sink.messages).toHaveLength(2);
		expect(new Set(sink.messages.map(({ messageId }) => messageId)).size).toBe(1);
	});
});

describe('SMS', () => {
	it('by SMPP: one number taken, the other not', async () => {
		await using smsc = await startSmppServer({ respond: ({ to }) => (to.endsWith('1') ? { status: 'ESME_RINVDSTADR' } : {}) });
		const here = await world({ FEFAENT_NOTIFIER_SMS_PROVIDER: 'smpp', FEFAENT_NOTIFIER_SMPP_URL: `smpp://a:b@127.0.0.1:${smsc.port}` });
		await deposit(here, depositedNotification(1, [recipient([], ['+34600000000', '+34600000001', 'no number'])]));
		expect((await noticesOf(here, 1))[0]).toMatchObject({
			state: NoticeState.SENT,
			failure: 'NUMBER_INVALID',
			providerReference: 'smpp-1',
		});
		expect(smsc.messages.map(({ to }) => to)).toEqual(['34600000000']);
	});

	it('to telephones that no time is left for wait for the next try', async () => {
		await using smsc = await startSmppServer({ respond: () => ({ delayMs: 60_000 }) });
		const here = await world({
			...retrySoon,
			FEFAENT_NOTIFIER_SMS_PROVIDER: 'smpp',
			FEFAENT_NOTIFIER_SMPP_URL: `smpp://a:b@127.0.0.1:${smsc.port}`,
			FEFAENT_NOTIFIER_SMS_TIMEOUT: '300ms',
			FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT: '300ms',
		});
		await deposit(here, depositedNotification(1, [recipient([], ['+34600000000', '+34600000001'])]));
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.PENDING, attempts: 1, failure: 'TIMED_OUT' });
		expect(smsc.messages.map(({ to }) => to)).toEqual(['34600000000']);
		smsc.respondWith(() => ({}));
		await here.advance(2 * 3_600_000);
		expect(await statesOf(here, 1)).toEqual([NoticeState.SENT]);
		expect(smsc.messages.map(({ to }) => to)).toEqual(['34600000000', '34600000000', '34600000001']);
	});

	it('by HTTP: tried again under the same reference', async () => {
		await using provider = await startSmsHttpProvider({ respond: ({ index }) => (index === 0 ? { status: 503 } : undefined) });
		const here = await world({ ...retrySoon, FEFAENT_NOTIFIER_SMS_PROVIDER: 'http', FEFAENT_NOTIFIER_SMS_HTTP_URL: provider.url });
		await deposit(here, depositedNotification(1, [recipient([], ['+34600000000'])]));
		await here.advance(2 * 3_600_000);
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.SENT, attempts: 2, providerReference: 'sms-1' });
		expect(new Set(provider.requests.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
	});
});
