import { Language } from '@fefaent/contracts/common';
import { freePort, issueTestCertificates, type SmtpSink, startSmtpSink } from '@fefaent/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AddressOutcome } from '../../domain/outcome.ts';
import type { OutgoingMail } from './port.ts';
import { SmtpMailSender, type SmtpOptions } from './smtp.ts';

const mail: OutgoingMail = {
	noticeId: '0190f5c1-0000-7000-8000-000000000001',
	notificationId: 1,
	recipients: ['maria@example.org', 'pere@example.org'],
	to: ['maria@example.org', 'pere@example.org'],
	content: { language: Language.CA, subject: 'Notificació', text: 'Bon dia à', html: '<p>Bon dia</p>' },
};

async function sink(options: Parameters<typeof startSmtpSink>[0] = {}): Promise<SmtpSink> {
	const started = await startSmtpSink(options);
	onTestFinished(() => started.close());
	return started;
}

function sender(options: Partial<SmtpOptions> & Pick<SmtpOptions, 'url'>): SmtpMailSender {
	const made = new SmtpMailSender({
		startTls: 'auto',
		ca: undefined,
		connections: 2,
		timeoutMs: 2_000,
		from: 'Seu electrònica <avisos@example.org>',
		replyTo: 'atencio@example.org',
		messageIdDomain: 'avisos.example.org',
		...options,
	});
	onTestFinished(() => made.close());
	return made;
}

const plain = (server: { readonly port: number }): string => `smtp://127.0.0.1:${server.port}`;
const failures = (outcomes: readonly AddressOutcome[]): readonly string[] =>
	outcomes.map((one) => (one.kind === 'failed' ? one.failure : 'ok'));

describe('SmtpMailSender', () => {
	it('hands over text and HTML under a stable Message-ID, marked as automatic', async () => {
		const server = await sink();
		expect(failures(await sender({ url: plain(server) }).send(mail))).toEqual(['ok', 'ok']);
		const [got] = await server.waitFor(1);
		expect(got).toMatchObject({
			messageId: `<${mail.noticeId}@avisos.example.org>`,
			subject: 'Notificació',
			to: ['maria@example.org', 'pere@example.org'],
			envelope: { from: 'avisos@example.org', to: ['maria@example.org', 'pere@example.org'] },
			html: '<p>Bon dia</p>',
			secure: false,
		});
		expect(got?.text.trim()).toBe('Bon dia à');
		expect(got?.from).toBe('"Seu electrònica" <avisos@example.org>');
		const headers = ['auto-submitted', 'content-language', 'reply-to'].map((name) => got?.headers.get(name));
		expect(headers).toEqual(['auto-generated', 'ca', 'atencio@example.org']);
	});

	it('reuses its connections', async () => {
		let connections = 0;
		const server = await sink({
			fail: ({ stage }) => {
				if (stage === 'connect') connections++;
				return undefined;
			},
		});
		const one = sender({ url: plain(server), connections: 1 });
		for (let index = 0; index < 5; index++) await one.send(mail);
		expect([server.messages.length, connections]).toEqual([5, 1]);
	});

	it('lets no value begin a header', async () => {
		const server = await sink();
		await sender({ url: plain(server) }).send({ ...mail, content: { ...mail.content, subject: 'Multa\r\nBcc: tothom@example.org' } });
		const [got] = await server.waitFor(1);
		expect(got?.headers.has('bcc')).toBe(false);
		expect(got?.envelope.to).toHaveLength(2);
	});

	it('tells mailboxes apart: some taken, some refused', async () => {
		const server = await sink({
			fail: ({ stage, to }) =>
				stage === 'rcpt' && to.at(-1)?.startsWith('pere') ? { code: 550, message: '5.1.1 No such user' } : undefined,
		});
		expect(failures(await sender({ url: plain(server) }).send(mail))).toEqual(['ok', 'MAILBOX_UNKNOWN']);
		expect((await server.waitFor(1))[0]?.envelope.to).toEqual(['maria@example.org']);
	});

	it('repeats to some, with the same To and Message-ID', async () => {
		const server = await sink();
		await sender({ url: plain(server) }).send({ ...mail, to: ['pere@example.org'] });
		const [got] = await server.waitFor(1);
		expect([got?.to.length, got?.envelope.to]).toEqual([2, ['pere@example.org']]);
	});

	it.each([
		['rcpt', 450, '4.7.1 greylisted', 'THROTTLED'],
		['rcpt', 550, '5.1.1 unknown', 'MAILBOX_UNKNOWN'],
		['data', 451, 'local error', 'PROVIDER_UNAVAILABLE'],
		['data', 554, '5.7.1 spam', 'CONTENT_REFUSED'],
		['mail', 421, 'too many messages', 'THROTTLED'],
		['connect', 421, 'come back later', 'PROVIDER_UNAVAILABLE'],
	] as const)('at %s, %i %s: %s', async (at, code, message, failure) => {
		const server = await sink({ fail: ({ stage }) => (stage === at ? { code, message } : undefined) });
		expect(failures(await sender({ url: plain(server) }).send(mail))).toEqual([failure, failure]);
		expect(server.messages).toHaveLength(0);
	});

	it.each(['connect', 'data', 'answer'] as const)('sees a connection cut at %s, and goes on by another', async (at) => {
		const server = await sink({ fail: ({ stage }) => (stage === at ? 'drop' : undefined) });
		const one = sender({ url: plain(server) });
		expect(failures(await one.send(mail))).toEqual(['CONNECTION_FAILED', 'CONNECTION_FAILED']);
		server.failWith(undefined);
		expect(failures(await one.send(mail))).toEqual(['ok', 'ok']);
	});

	it('gives up on a server that does not answer', async () => {
		const server = await sink({ delayMs: 60_000 });
		expect(failures(await sender({ url: plain(server), timeoutMs: 100 }).send(mail))).toEqual(['TIMED_OUT', 'TIMED_OUT']);
	});

	it('says that nobody listens', async () => {
		expect(failures(await sender({ url: `smtp://127.0.0.1:${await freePort()}` }).send(mail))).toEqual([
			'CONNECTION_FAILED',
			'CONNECTION_FAILED',
		]);
	});

	it('authenticates, with signs of a URL in the password', async () => {
		const server = await sink({ auth: { user: 'u@x', pass: 'p:/é' } });
		const url = (pass: string): string => `smtp://u%40x:${pass}@127.0.0.1:${server.port}`;
		expect(failures(await sender({ url: url('p%3A%2F%C3%A9') }).send(mail))).toEqual(['ok', 'ok']);
		expect(failures(await sender({ url: url('wrong') }).send(mail))).toEqual(['AUTHENTICATION_FAILED', 'AUTHENTICATION_FAILED']);
	});

	describe('over TLS', () => {
		it.each([
			['implicit', 'smtps'],
			['starttls', 'smtp'],
		] as const)('%s', async (mode, scheme) => {
			const { ca, server: pair } = await issueTestCertificates();
			const server = await sink({ tls: { ...pair, mode } });
			const url = `${scheme}://localhost:${server.port}`;
			const startTls = 'required';
			expect(failures(await sender({ url, startTls, ca: ca.cert }).send(mail))).toEqual(['ok', 'ok']);
			expect((await server.waitFor(1))[0]?.secure).toBe(true);
			expect(failures(await sender({ url, startTls }).send(mail))).toEqual(['TLS_FAILED', 'TLS_FAILED']);
		});

		it('does not go on without it where it is required', async () => {
			const server = await sink();
			expect(failures(await sender({ url: plain(server), startTls: 'required' }).send(mail))).toEqual(['TLS_FAILED', 'TLS_FAILED']);
			expect(server.messages).toHaveLength(0);
		});
	});
});
