import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
	eventually,
	freePort,
	issueTestCertificates,
	type SmppServer,
	type SmppServerOptions,
	startDrippingServer,
	startSmppServer,
} from '@fefaent/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { wrongCertificates } from '../../testing/wrong-certificates.ts';
import type { OutgoingSms } from './port.ts';
import { type SmppSmsOptions, SmppSmsSender } from './smpp.ts';

const sms: OutgoingSms = {
	noticeId: 'n-1',
	notificationId: 1,
	addressIndex: 0,
	reference: 'n-1-0',
	to: '+34600000000',
	text: 'Teniu una notificacio {1} €',
};

async function server(options: SmppServerOptions = {}): Promise<SmppServer> {
	const started = await startSmppServer(options);
	onTestFinished(() => started.close());
	return started;
}

/** A sender; without a deadline it takes its time. */
function sender(port: number, options: Partial<SmppSmsOptions> = {}) {
	const made = new SmppSmsSender({
		url: `smpp://fefaent:se%25cret@127.0.0.1:${port}`,
		systemType: '',
		ca: undefined,
		timeoutMs: 2_000,
		enquireEveryMs: 30_000,
		from: 'AJUNTAMENT',
		concurrency: 10,
		...options,
	});
	onTestFinished(() => made.close());
	return { send: (one: OutgoingSms, deadline = new AbortController().signal) => made.send(one, deadline) };
}

describe('SmppSmsSender', () => {
	it('binds and submits in the GSM alphabet', async () => {
		const smsc = await server({ systemId: 'fefaent', password: 'se%cret' });
		const outcome = await sender(smsc.port).send(sms);
		expect(outcome).toEqual({ kind: 'accepted', reference: 'smpp-1' });
		expect((await smsc.waitFor(1))[0]).toMatchObject({
			from: 'AJUNTAMENT',
			to: '34600000000',
			text: sms.text,
			dataCoding: 0,
			receiptAsked: false,
		});
	});

	it('writes other scripts in UCS-2', async () => {
		const smsc = await server();
		await sender(smsc.port).send({ ...sms, text: 'Уведомление 😀' });
		expect((await smsc.waitFor(1))[0]).toMatchObject({ text: 'Уведомление 😀', dataCoding: 8 });
	});

	it.each([
		['GSM', 'abcdefghi '.repeat(40), 3],
		['UCS-2', 'бвгдежзик '.repeat(20), 3],
	])('cuts a long text into parts that the handset joins (%s), the same at each attempt', async (_, text, of) => {
		const smsc = await server();
		const one = sender(smsc.port);
		await one.send({ ...sms, text });
		await one.send({ ...sms, text });
		const parts = await smsc.waitFor(of * 2);
		expect(
			parts
				.slice(0, of)
				.map((part) => part.text)
				.join(''),
		).toBe(text);
		expect(parts.slice(0, of).map(({ part }) => [part?.number, part?.of])).toEqual([1, 2, 3].map((number) => [number, of]));
		expect(new Set(parts.map(({ part }) => part?.reference)).size).toBe(1);
	});

	it.each([
		['ESME_RTHROTTLED', 'THROTTLED'],
		['ESME_RMSGQFUL', 'THROTTLED'],
		['ESME_RINVDSTADR', 'NUMBER_INVALID'],
		['ESME_RSYSERR', 'PROVIDER_UNAVAILABLE'],
	])('%s: %s', async (status, failure) => {
		const smsc = await server({ respond: () => ({ status }) });
		expect(await sender(smsc.port).send(sms)).toEqual({ kind: 'failed', failure });
	});

	it('does not get in with a wrong password', async () => {
		const smsc = await server({ systemId: 'fefaent', password: 'other' });
		expect(await sender(smsc.port).send(sms)).toEqual({ kind: 'failed', failure: 'AUTHENTICATION_FAILED' });
	});

	it('sees a connection that breaks under a message, and connects again', async () => {
		const smsc = await server({ respond: () => ({ dropConnection: true }) });
		const one = sender(smsc.port);
		expect(await one.send(sms)).toEqual({ kind: 'failed', failure: 'CONNECTION_FAILED' });
		smsc.respondWith(() => ({}));
		expect(await one.send(sms)).toMatchObject({ kind: 'accepted' });
	});

	it('gives up on an answer that does not come, for that message only', async () => {
		const smsc = await server({ respond: ({ text }) => (text === 'slow' ? { delayMs: 60_000 } : {}) });
		const one = sender(smsc.port, { timeoutMs: 200 });
		const [slow, quick] = await Promise.all([one.send({ ...sms, text: 'slow' }), one.send(sms)]);
		expect([slow, quick]).toMatchObject([{ kind: 'failed', failure: 'TIMED_OUT' }, { kind: 'accepted' }]);
	});

	it('ends when the deadline comes, while it binds and in the middle of a long message', async () => {
		await using mute = await startDrippingServer({ drip: '' });
		const binding = new AbortController();
		const first = sender(mute.port, { timeoutMs: 500 }).send(sms, binding.signal);
		await eventually(() => mute.connected === 1);
		binding.abort();
		expect(await first).toEqual({ kind: 'failed', failure: 'TIMED_OUT' });

		const deadline = new AbortController();
		const smsc = await server({ respond: ({ part }) => (part?.number === 2 ? { delayMs: 60_000 } : {}) });
		const second = sender(smsc.port).send({ ...sms, text: 'abcdefghi '.repeat(40) }, deadline.signal);
		await smsc.waitFor(2);
		deadline.abort();
		expect(await second).toEqual({ kind: 'failed', failure: 'TIMED_OUT' });
		expect(smsc.messages).toHaveLength(2);
	});

	it('waits for a server that comes back, and fails quickly while it stays away', async () => {
		const port = await freePort();
		const one = sender(port);
		expect(await one.send(sms)).toEqual({ kind: 'failed', failure: 'CONNECTION_FAILED' });
		const smsc = await server({ port });
		expect(await one.send(sms)).toMatchObject({ kind: 'accepted' });
		await smsc.close();
		expect(await one.send(sms)).toEqual({ kind: 'failed', failure: 'CONNECTION_FAILED' });
	});

	it('answers a delivery receipt, and goes on', async () => {
		const smsc = await server();
		const one = sender(smsc.port);
		await one.send(sms);
		const [first] = await smsc.waitFor(1);
		if (first) smsc.sendReceipt(first, 'DELIVRD');
		expect(await one.send(sms)).toMatchObject({ kind: 'accepted' });
	});

	it('leaves a server that does not answer whether it is there', async () => {
		const enquireLink = 0x15;
		const mute = createServer((socket) => {
			// Answers the bind and nothing else: header (length, id, status, sequence) and an empty system id.
			socket.once('data', (bind: Buffer) => {
				const answer = Buffer.alloc(17);
				for (const [index, value] of [17, 0x80000009, 0, bind.readUInt32BE(12)].entries()) answer.writeUInt32BE(value, index * 4);
				socket.write(answer);
			});
			socket.on('data', (pdu: Buffer) => mute.emit('command', pdu.readUInt32BE(4)));
			socket.on('close', () => mute.emit('left'));
		});
		mute.listen(0, '127.0.0.1');
		onTestFinished(() => void mute.close());
		await once(mute, 'listening');
		const commands: number[] = [];
		mute.on('command', (command) => commands.push(command));
		const left = once(mute, 'left');
		const { port } = mute.address() as AddressInfo;
		expect(await sender(port, { timeoutMs: 60, enquireEveryMs: 20 }).send(sms)).toMatchObject({ kind: 'failed' });
		await left;
		expect(commands).toContain(enquireLink);
	});

	describe('over TLS', () => {
		const send = (port: number, host: string, ca: string | undefined) =>
			sender(port, { url: `ssmpp://fefaent:secret@${host}:${port}`, ca }).send(sms);

		it.each(['localhost', '127.0.0.1'])('binds and submits to a server that it trusts, at %s', async (host) => {
			const { ca, server: tls } = await issueTestCertificates();
			const smsc = await server({ tls, systemId: 'fefaent', password: 'secret' });
			expect(await send(smsc.port, host, ca.cert)).toMatchObject({ kind: 'accepted' });
			expect(smsc.messages).toHaveLength(1);
		});

		it.each(wrongCertificates)('says nothing to a server %s', async (_, make) => {
			const { tls, ca } = await make();
			const smsc = await server({ tls });
			expect(await send(smsc.port, 'localhost', ca)).toEqual({ kind: 'failed', failure: 'TLS_FAILED' });
			expect(smsc.messages).toHaveLength(0);
		});

		it('says that the server speaks none', async () => {
			const smsc = await server();
			expect(await send(smsc.port, 'localhost', undefined)).toEqual({ kind: 'failed', failure: 'CONNECTION_FAILED' });
			expect(smsc.messages).toHaveLength(0);
		});
	});

	it('sends many at once over its one connection', async () => {
		const smsc = await server();
		const one = sender(smsc.port);
		const outcomes = await Promise.all(Array.from({ length: 200 }, () => one.send(sms)));
		expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
		expect(smsc.messages).toHaveLength(200);
	});
});
