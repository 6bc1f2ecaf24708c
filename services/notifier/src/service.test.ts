import { Language, type Recipient } from '@fefaent/contracts/common';
import { NotificationEventType } from '@fefaent/contracts/events';
import { type Notification, State, Transition } from '@fefaent/contracts/notification';
import { Channel, NoticeKind, NoticeState, type Template } from '@fefaent/contracts/notifier';
import { armCrashpoints } from '@fefaent/kernel';
import { startSmppServer, startSmsHttpProvider, startSmtpSink } from '@fefaent/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleNotification } from './domain/sample.ts';
import { depositedNotification, eventOf, startWorld, type World } from './testing/world.ts';

const retrySoon = { FEFAENT_NOTIFIER_RETRY_FIRST: '1h', FEFAENT_NOTIFIER_ATTEMPTS: '3' };

async function world(env: Record<string, string> = {}): Promise<World> {
	const made = await startWorld(env);
	onTestFinished(() => made[Symbol.asyncDispose]());
	return made;
}

const [natural] = sampleNotification.draft?.recipients ?? [];
const recipient = (emails: readonly string[], phones: readonly string[], language: Language = Language.CA): Recipient => ({
	party: natural?.party,
	emails: [...emails],
	phones: [...phones],
	language,
});

function deposit(here: World, notification: Notification): Promise<void> {
	here.notifications.set(notification.id, notification);
	return here.happen(eventOf(notification));
}

const noticesOf = async (here: World, id: number) => (await here.client.listNotices({ notificationIds: [id] })).notices;
const statesOf = async (here: World, id: number) => (await noticesOf(here, id)).map(({ state }) => state);

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

describe('events', () => {
	it('of a batch are answered by one call, and repeated ones change nothing', async () => {
		const here = await world();
		const all = Array.from({ length: 50 }, (_, index) => depositedNotification(index + 1));
		for (const one of all) here.notifications.set(one.id, one);
		const events = all.map((one) => eventOf(one));
		await here.happen(...events);
		expect(here.calls.notifications).toBeLessThanOrEqual(2);
		await here.happen(...all.map((one) => eventOf(one)));
		const { notices } = await here.client.listNotices({ notificationIds: all.map(({ id }) => id) });
		expect(notices).toHaveLength(200);
		expect(here.calls.evidences).toBe(0);
	});

	it('that come after the decision are recorded as dropped, and send nothing', async () => {
		const here = await world();
		const accepted = { ...depositedNotification(1), state: State.ACCEPTED };
		here.notifications.set(1, accepted);
		await here.happen(eventOf(accepted, { state: State.DEPOSITED }), eventOf(accepted));
		expect(await statesOf(here, 1)).toEqual(Array.from({ length: 4 }, () => NoticeState.DROPPED));
		expect((await here.client.listMailOutbox({ limit: 10 })).messages).toEqual([]);
	});

	it('of a purge take everything away', async () => {
		const here = await world();
		await deposit(here, depositedNotification(1));
		here.notifications.delete(1);
		await here.happen(eventOf(depositedNotification(1), { type: NotificationEventType.PURGED }));
		expect([await noticesOf(here, 1), (await here.client.listMailOutbox({ limit: 10 })).messages]).toEqual([[], []]);
	});

	it('that cannot be read become dead letters', async () => {
		const here = await world();
		const broken = {
			id: 'x',
			topic: 'fefaent.notification.v1',
			key: '1',
			type: 'x',
			at: new Date(),
			headers: {},
			body: new Uint8Array([0xff]),
		};
		await here.bus.publish([broken]);
		await here.happen();
		expect((await here.bus.deadLetters()).map(({ reason }) => reason)).toEqual(['not an event of a notification']);
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

	it('by HTTP: tried again under the same reference', async () => {
		await using provider = await startSmsHttpProvider({ respond: ({ index }) => (index === 0 ? { status: 503 } : undefined) });
		const here = await world({ ...retrySoon, FEFAENT_NOTIFIER_SMS_PROVIDER: 'http', FEFAENT_NOTIFIER_SMS_HTTP_URL: provider.url });
		await deposit(here, depositedNotification(1, [recipient([], ['+34600000000'])]));
		await here.advance(2 * 3_600_000);
		expect((await noticesOf(here, 1))[0]).toMatchObject({ state: NoticeState.SENT, attempts: 2, providerReference: 'sms-1' });
		expect(new Set(provider.requests.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
	});
});

it.each([
	[{ FEFAENT_NOTIFIER_SMS_PROVIDER: 'smpp' }, 'FEFAENT_NOTIFIER_SMPP_URL must be set'],
	[{ FEFAENT_NOTIFIER_SMS_PROVIDER: 'http' }, 'FEFAENT_NOTIFIER_SMS_HTTP_URL must be set'],
	[{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://a:100%@127.0.0.1' }, 'FEFAENT_NOTIFIER_SMTP_URL is not valid'],
	[{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://127.0.0.1', FEFAENT_NOTIFIER_FROM: 'Ajuntament' }, 'FEFAENT_NOTIFIER_FROM is not valid'],
	[{ FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN: 'a>b' }, 'FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN is not valid'],
	[{ FEFAENT_NOTIFIER_ZONE: 'Europe/Nowhere' }, 'Europe/Nowhere'],
])('does not start with settings that would fail every notice: %j', async (env, message) => {
	await expect(startWorld(env)).rejects.toThrow(message);
});

describe('templates', () => {
	const template: Template = {
		issuerCode: '0801930008',
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		language: Language.CA,
		subject: 'Propi: {{notificacio.titol}}',
		text: '{{notificacio.evidenciaDiposit.evidencia}}',
		html: '<p>{{notificacio.titol}}</p>',
		builtIn: false,
	};
	const nothing = {
		template: undefined,
		notificationId: 0,
		recipientIndex: 0,
		issuerCode: '',
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		language: Language.CA,
	};

	it('of an issuer are used for its notices, evidences asked for in one call only when mentioned', async () => {
		const here = await world();
		expect(await here.client.putTemplate({ template })).toEqual({ unknownVariables: [] });
		const ids = [1, 2, 3];
		for (const id of ids) {
			const ref = { transition: Transition.DEPOSIT, evidenceId: `e${id}`, sha256: new Uint8Array(32) };
			here.notifications.set(id, { ...depositedNotification(id, [recipient(['maria@example.org'], [])]), evidences: [ref] });
			const xml = new TextEncoder().encode(`<e n="${id}"/>`);
			here.evidences.push({ ...ref, id: ref.evidenceId, notificationId: id, xml, issuedAt: undefined, level: 'B-B' });
		}
		await here.happen(...ids.map((id) => eventOf(depositedNotification(id))));
		const { messages } = await here.client.listMailOutbox({ limit: 10 });
		expect(messages.map(({ text }) => text).toSorted()).toEqual(['<e n="1"/>', '<e n="2"/>', '<e n="3"/>']);
		expect(messages[0]?.subject).toMatch(/^Propi: Resolució/);
		expect(here.calls.evidences).toBeLessThanOrEqual(2);
	});

	it('that can no longer be read give way to the built-in one', async () => {
		const here = await world();
		await here.store.templates.put({ ...template, text: '{{#notificacio.titol}}' });
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		expect((await here.client.listMailOutbox({ limit: 1 })).messages[0]?.subject).toMatch(/^Nova notificació/);
	});

	it('are listed, removed, and refused with what is wrong', async () => {
		const here = await world();
		await here.client.putTemplate({ template });
		await here.client.putTemplate({ template: { ...template, issuerCode: '' } });
		const listed = async (issuerCode: string) => (await here.client.listTemplates({ issuerCode })).templates.filter((one) => !one.builtIn);
		expect([await listed(''), await listed('other')].map((list) => list.map(({ issuerCode }) => issuerCode))).toEqual([
			['', '0801930008'],
			[''],
		]);
		expect((await here.client.listTemplates({ issuerCode: '' })).templates[0]?.builtIn).toBe(true);
		expect(await here.client.deleteTemplate(template)).toEqual({ removed: true });
		expect(await here.client.deleteTemplate(template)).toEqual({ removed: false });
		await expect(here.client.putTemplate({ template: { ...template, text: '{{#a}}' } })).rejects.toMatchObject({
			reason: 'TEMPLATE_INVALID',
			details: { part: 'text', problem: 'Unclosed section "a" at 6' },
		});
		await expect(here.client.putTemplate({ template: undefined })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
		await expect(here.client.putTemplate({ template: { ...template, channel: Channel.UNSPECIFIED } })).rejects.toMatchObject({
			reason: 'ITEM_INVALID',
		});
		expect(await here.client.putTemplate({ template: { ...template, text: '{{notificacio.tittol}}' } })).toEqual({
			unknownVariables: ['notificacio.tittol'],
		});
	});

	it('are previewed with sample data, a notification, or before they are stored', async () => {
		const here = await world();
		here.notifications.set(7, depositedNotification(7));
		expect((await here.client.preview(nothing)).subject).toMatch(/^Nova notificació/);
		expect((await here.client.preview({ ...nothing, template })).text).toBe('<EvidenciaNotificacio/>');
		expect(
			(await here.client.preview({ ...nothing, notificationId: 7, recipientIndex: 1, language: Language.UNSPECIFIED })).subject,
		).toMatch(/^Nueva notificación/);
		await here.client.putTemplate({ template });
		expect((await here.client.preview({ ...nothing, notificationId: 7 })).subject).toMatch(/^Propi/);
		expect((await here.client.preview({ ...nothing, issuerCode: 'other' })).subject).toMatch(/^Nova/);
		expect((await here.client.preview({ ...nothing, channel: Channel.SMS })).text).toContain('Ajuntament de Mostra');
		await expect(here.client.preview({ ...nothing, notificationId: 8 })).rejects.toMatchObject({ reason: 'NOTIFICATION_UNKNOWN' });
		await expect(here.client.preview({ ...nothing, recipientIndex: 9 })).rejects.toMatchObject({ reason: 'RECIPIENT_UNKNOWN' });
	});
});

it('bounds what it is asked for', async () => {
	const here = await world();
	const tooMany = Array.from({ length: 101 }, (_, index) => index + 1);
	const refused = { reason: 'BATCH_SIZE' };
	await expect(here.client.listNotices({ notificationIds: tooMany })).rejects.toMatchObject(refused);
	await expect(here.client.listNotices({ notificationIds: [] })).rejects.toMatchObject(refused);
	await expect(here.client.listMailOutbox({ limit: 0 })).rejects.toMatchObject(refused);
	await expect(here.client.listSmsOutbox({ limit: 101 })).rejects.toMatchObject(refused);
	await expect(here.client.redriveNotices({ noticeIds: [], notificationIds: [] })).rejects.toMatchObject(refused);
	expect((await here.service.readiness()).ready).toBe(true);
});
