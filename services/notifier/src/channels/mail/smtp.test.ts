import { Language } from '@fefaent/contracts/common';
import { eventually, freePort, issueTestCertificates, type SmtpSink, startDrippingServer, startSmtpSink } from '@fefaent/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPermanent } from '../../domain/failures.ts';
import type { AddressOutcome } from '../../domain/outcome.ts';
import { wrongCertificates } from '../../testing/wrong-certificates.ts';
import type { OutgoingMail } from './port.ts';
import { SmtpMailSender } from './smtp.ts';
import type { SmtpOptions } from './smtp-options.ts';

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

/** A sender; without a deadline it takes its time. */
function sender(options: Partial<SmtpOptions> & Pick<SmtpOptions, 'url'>) {
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
	return { send: (one: OutgoingMail, deadline = new AbortController().signal) => made.send(one, deadline) };
}

const plain = (server: { readonly port: number }): string => `smtp://127.0.0.1:${server.port}`;
const failures = (outcomes: readonly AddressOutcome[]): readonly string[] =>
	outcomes.map((one) => (one.kind === 'failed' ? one.failure : one.kind === 'accepted' ? 'ok' : one.kind));

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

	it.each([
		['at its greeting', {}],
		['at EHLO', { greeting: '220 here\r\n', answer: () => undefined }],
		['at the message', { greeting: '220 here\r\n', answer: (said: string) => (/^(EHLO|MAIL|RCPT)/.test(said) ? '250 ok\r\n' : undefined) }],
	])('leaves a server that talks on and on %s when the deadline comes', async (_, talk) => {
		await using server = await startDrippingServer({ ...talk, drip: '250-and\r\n' });
		const one = sender({ url: plain(server), timeoutMs: 60_000 });
		const deadline = new AbortController();
		const sent = one.send(mail, deadline.signal);
		await eventually(() => server.connected === 1);
		deadline.abort();
		expect(failures(await sent)).toEqual(['TIMED_OUT', 'TIMED_OUT']);
		await eventually(() => server.connected === 0, { timeoutMs: 10_000 });
	});

	it('ends when the deadline comes; those that wait for a connection were not handed over', async () => {
		await using server = await startDrippingServer({ greeting: '220 here\r\n', answer: () => undefined, drip: '250-and\r\n' });
		const one = sender({ url: plain(server), timeoutMs: 60_000, connections: 1 });
		const deadline = new AbortController();
		const to = ['maria@example.org'];
		const sent = [1, 2].map(() => one.send({ ...mail, recipients: to, to }, deadline.signal));
		await eventually(() => server.connected === 1);
		deadline.abort();
		expect((await Promise.all(sent)).map(failures)).toEqual([['TIMED_OUT'], ['postponed']]);
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

	describe('to mailboxes beyond ASCII', () => {
		const both = ['josé@example.org', 'maria@example.org', 'pere@jõgeva.example'];
		const international = { ...mail, recipients: both, to: both };

		it('asks for SMTPUTF8 where the server offers it, in a message that names no other mailbox', async () => {
			const server = await sink({ auth: { user: 'u', pass: 'p' } });
			const url = `smtp://u:p@127.0.0.1:${server.port}`;
			expect(failures(await sender({ url }).send(international))).toEqual(['ok', 'ok', 'ok']);
			const got = (await server.waitFor(2)).toSorted((one, other) => Number(one.smtpUtf8) - Number(other.smtpUtf8));
			expect(got.map(({ smtpUtf8, envelope }) => [smtpUtf8, envelope.to])).toEqual([
				[false, ['maria@example.org', 'pere@jõgeva.example']],
				[true, ['josé@example.org']],
			]);
			expect(got[0]?.raw.toString()).toMatch(/^To: maria@example\.org, pere@xn--jgeva-dua\.example\r$/m);
			expect(got[1]?.raw.toString()).toMatch(/^To: josé@example\.org\r$/m);
			expect(got.map(({ messageId, subject, html }) => [messageId, subject, html])[0]).toEqual([
				got[1]?.messageId,
				got[1]?.subject,
				got[1]?.html,
			]);
		});

		it('names a failure for good where the server does not, and sends nothing but to the others', async () => {
			const server = await sink({ smtpUtf8: false });
			expect(failures(await sender({ url: plain(server) }).send(international))).toEqual(['MAILBOX_INTERNATIONAL', 'ok', 'ok']);
			expect((await server.waitFor(1))[0]?.envelope.to).toEqual(['maria@example.org', 'pere@jõgeva.example']);
			expect(server.messages).toHaveLength(1);
			expect(isPermanent('MAILBOX_INTERNATIONAL')).toBe(true);
		});

		it('tells each of several apart', async () => {
			const server = await sink({
				fail: ({ stage, to }) => (stage === 'rcpt' && to.at(-1)?.startsWith('ñ') ? { code: 553, message: '5.6.7 not here' } : undefined),
			});
			const to = ['josé@jõgeva.example', 'ñandú@example.org'];
			expect(failures(await sender({ url: plain(server) }).send({ ...mail, recipients: to, to }))).toEqual(['ok', 'MAILBOX_INTERNATIONAL']);
			expect((await server.waitFor(1))[0]?.envelope.to).toEqual(['josé@jõgeva.example']);
		});

		it('writes their domains in punycode', async () => {
			const said: string[] = [];
			await using server = await startDrippingServer({
				greeting: '220 here\r\n',
				answer: (line) => {
					said.push(line);
					return line.startsWith('RCPT') ? '550 5.1.1 no\r\n' : '250 ok\r\n';
				},
				drip: '',
			});
			const to = ['pere@jõgeva.example'];
			expect(failures(await sender({ url: plain(server) }).send({ ...mail, recipients: to, to }))).toEqual(['MAILBOX_UNKNOWN']);
			expect(said).toContain('RCPT TO:<pere@xn--jgeva-dua.example>\r\n');
		});

		it('knows a domain that cannot be written', async () => {
			const server = await sink();
			const to = ['maria@xn--iñvalid.com'];
			expect(failures(await sender({ url: plain(server) }).send({ ...mail, recipients: to, to }))).toEqual(['MAILBOX_INVALID']);
		});

		it('sees what goes wrong on the way, and goes on with the next one', async () => {
			const to = ['josé@example.org'];
			const utf8 = { ...mail, recipients: to, to };
			const server = await sink({ fail: ({ stage }) => (stage === 'data' ? 'drop' : undefined) });
			const one = sender({ url: plain(server) });
			expect(failures(await one.send(utf8))).toEqual(['CONNECTION_FAILED']);
			server.failWith(undefined);
			expect(failures(await one.send(utf8))).toEqual(['ok']);
			expect(failures(await sender({ url: plain(server), startTls: 'required' }).send(utf8))).toEqual(['TLS_FAILED']);
			expect(failures(await sender({ url: `smtp://127.0.0.1:${await freePort()}` }).send(utf8))).toEqual(['CONNECTION_FAILED']);
		});

		it('ends when the deadline comes, those that wait for their turn included', async () => {
			await using server = await startDrippingServer({ greeting: '220 here\r\n', answer: () => undefined, drip: '250-and\r\n' });
			const one = sender({ url: plain(server), timeoutMs: 60_000 });
			const deadline = new AbortController();
			const to = ['josé@example.org'];
			const sent = [1, 2].map(() => one.send({ ...mail, recipients: to, to }, deadline.signal));
			await eventually(() => server.connected === 1);
			deadline.abort();
			expect((await Promise.all(sent)).map(failures)).toEqual([['TIMED_OUT'], ['postponed']]);
			await eventually(() => server.connected === 0, { timeoutMs: 10_000 });
			expect(server.connections).toBe(1);
		});
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

		it.each(wrongCertificates)('says nothing to a server %s, whenever TLS begins', async (_, make) => {
			const { tls, ca } = await make();
			for (const [mode, scheme] of [
				['implicit', 'smtps'],
				['starttls', 'smtp'],
			] as const) {
				const server = await sink({ tls: { ...tls, mode } });
				const one = sender({ url: `${scheme}://localhost:${server.port}`, startTls: 'required', ca });
				expect(failures(await one.send(mail))).toEqual(['TLS_FAILED', 'TLS_FAILED']);
				expect(failures(await one.send({ ...mail, to: ['josé@example.org'] }))).toEqual(['TLS_FAILED']);
				expect(server.messages).toHaveLength(0);
			}
		});

		it('does not go on without it where it is required', async () => {
			const server = await sink();
			expect(failures(await sender({ url: plain(server), startTls: 'required' }).send(mail))).toEqual(['TLS_FAILED', 'TLS_FAILED']);
			expect(server.messages).toHaveLength(0);
		});
	});
});
