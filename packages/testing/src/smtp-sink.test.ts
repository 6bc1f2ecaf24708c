import { createTransport, type Transporter } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { issueTestCertificates } from './certificates.ts';
import { startSmtpSink } from './smtp-sink.ts';
import type { SmtpEnvelope, SmtpSinkOptions } from './smtp-sink-types.ts';

const mail = {
	from: '"Ajuntament de Prova" <avisos@example.cat>',
	to: 'persona@example.cat',
	subject: 'Teniu una notificació',
	text: 'Codi d’accés: 7',
	html: '<p>Codi d’accés: <b>7</b></p>',
	messageId: '<notice-7@example.cat>',
	headers: { 'X-Fefaent-Notice': 'first' },
};

function transport(port: number, more: object = {}): Transporter {
	return createTransport({ host: 'localhost', port, tls: { rejectUnauthorized: true }, ...more });
}

async function sent(options: SmtpSinkOptions, message: object = mail) {
	await using sink = await startSmtpSink(options);
	const client = transport(sink.port);
	try {
		const info: unknown = await client.sendMail({ ...mail, ...message }).catch((error: unknown) => error);
		return { info, messages: [...sink.messages] };
	} finally {
		client.close();
	}
}

describe('startSmtpSink', () => {
	it('keeps a message: headers, both parts, envelope', async () => {
		await using sink = await startSmtpSink();
		const client = transport(sink.port);
		const heard: string[] = [];
		sink.onMessage((one) => heard.push(one.subject));
		await client.sendMail(mail);
		client.close();
		const one = await sink.waitFor((received) => received.to.includes('persona@example.cat'));
		expect(one).toMatchObject({
			messageId: mail.messageId,
			from: '"Ajuntament de Prova" <avisos@example.cat>',
			to: ['persona@example.cat'],
			subject: mail.subject,
			html: mail.html,
			envelope: { from: 'avisos@example.cat', to: ['persona@example.cat'] },
			secure: false,
		});
		expect(one.text.trim()).toBe(mail.text);
		expect(one.headers.get('x-fefaent-notice')).toBe('first');
		expect(one.raw.toString()).toContain('X-Fefaent-Notice: first');
		expect(heard).toEqual([mail.subject]);
	});

	it.each([
		['connect', 421, 'busy'],
		['mail', 451, 'try again later'],
		['rcpt', 550, 'no such user'],
		['rcpt', 452, 'mailbox full'],
		['data', 554, 'refused'],
	] as const)('fails at %s with %d and keeps nothing', async (stage, code, message) => {
		const { info, messages } = await sent({ fail: (envelope) => (envelope.stage === stage ? { code, message } : undefined) });
		expect(info).toMatchObject({ responseCode: code });
		expect(messages).toEqual([]);
	});

	it('fails one recipient of two', async () => {
		const asked: SmtpEnvelope[] = [];
		const { info, messages } = await sent(
			{
				fail: (envelope) => {
					asked.push(envelope);
					return envelope.stage === 'rcpt' && envelope.to.at(-1) === 'gone@example.cat' ? { code: 550, message: 'gone' } : undefined;
				},
			},
			{ to: 'gone@example.cat, here@example.cat' },
		);
		expect(info).toMatchObject({ accepted: ['here@example.cat'], rejected: ['gone@example.cat'] });
		expect(messages[0]?.envelope.to).toEqual(['here@example.cat']);
		expect(asked.map(({ stage }) => stage)).toEqual(['connect', 'mail', 'rcpt', 'rcpt', 'data', 'answer']);
		expect(asked.at(-1)).toEqual({ stage: 'answer', from: 'avisos@example.cat', to: ['here@example.cat'] });
	});

	it('cuts the connection before taking the message, or after', async () => {
		const before = await sent({ fail: ({ stage }) => (stage === 'data' ? 'drop' : undefined) });
		expect(before.info).toBeInstanceOf(Error);
		expect(before.messages).toHaveLength(0);
		const after = await sent({ fail: ({ stage }) => (stage === 'answer' ? 'drop' : undefined) });
		expect(after.info).toBeInstanceOf(Error);
		expect(after.messages).toHaveLength(1);
	});

	it('changes its mind when told', async () => {
		await using sink = await startSmtpSink({ fail: () => ({ code: 450, message: 'later' }) });
		const client = transport(sink.port);
		await expect(client.sendMail(mail)).rejects.toMatchObject({ responseCode: 450 });
		sink.failWith(undefined);
		await client.sendMail(mail);
		client.close();
		expect(sink.messages).toHaveLength(1);
	});

	it('asks for a password', async () => {
		await using sink = await startSmtpSink({ auth: { user: 'fefaent', pass: 'secret' } });
		for (const [auth, taken] of [
			[{ user: 'fefaent', pass: 'wrong' }, false],
			[undefined, false],
			[{ user: 'fefaent', pass: 'secret' }, true],
		] as const) {
			const client = transport(sink.port, auth && { auth });
			const outcome = await client.sendMail(mail).then(
				() => true,
				() => false,
			);
			client.close();
			expect(outcome).toBe(taken);
		}
	});

	it.each(['implicit', 'starttls'] as const)('speaks TLS (%s) with a certificate that can be trusted', async (mode) => {
		const { ca, server } = await issueTestCertificates();
		await using sink = await startSmtpSink({ tls: { ...server, mode } });
		const secure = { secure: mode === 'implicit', requireTLS: true };
		const client = transport(sink.port, { ...secure, tls: { ca: ca.cert } });
		await client.sendMail(mail);
		client.close();
		expect(sink.messages[0]?.secure).toBe(true);
		const suspicious = transport(sink.port, secure);
		await expect(suspicious.sendMail(mail)).rejects.toThrow(/certificate/);
		suspicious.close();
	});

	it('answers late, and closes without waiting for it', async () => {
		const sink = await startSmtpSink({ delayMs: 60_000 });
		const client = transport(sink.port);
		const sending = client.sendMail(mail);
		sending.catch(() => {});
		await sink.waitFor(1);
		await sink.close();
		await expect(sending).rejects.toThrow();
		client.close();
		await sink.close();
	});
});
