import {
	eventually,
	freePort,
	type HttpRecorder,
	issueTestCertificates,
	jsonOf,
	type SmsHttpProviderOptions,
	startDrippingServer,
	startSmsHttpProvider,
} from '@fefaent/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { wrongCertificates } from '../../testing/wrong-certificates.ts';
import { type HttpSmsOptions, HttpSmsSender } from './http.ts';
import type { OutgoingSms } from './port.ts';

const sms: OutgoingSms = { noticeId: 'n-1', notificationId: 1, addressIndex: 0, reference: 'n-1-0', to: '+34600000000', text: 'Bon dia' };

async function provider(options: SmsHttpProviderOptions = {}): Promise<HttpRecorder> {
	const started = await startSmsHttpProvider(options);
	onTestFinished(() => started.close());
	return started;
}

/** A sender; without a deadline it takes its time. */
function sender(url: string, options: Partial<HttpSmsOptions> = {}) {
	const made = new HttpSmsSender({ url, token: 'secret', ca: undefined, from: 'FEFAENT', concurrency: 2, timeoutMs: 2_000, ...options });
	onTestFinished(() => made.close());
	return { send: (one: OutgoingSms, deadline = new AbortController().signal) => made.send(one, deadline) };
}

describe('HttpSmsSender', () => {
	it('posts a message under its reference', async () => {
		const gateway = await provider({ token: 'secret' });
		const one = sender(`${gateway.url}/v1/messages?account=7`);
		expect(await one.send(sms)).toEqual({ kind: 'accepted', reference: 'sms-1' });
		expect(await one.send(sms)).toEqual({ kind: 'accepted', reference: 'sms-1' });
		const [request] = await gateway.waitFor(2);
		expect(request?.path).toBe('/v1/messages?account=7');
		expect(request?.headers.get('idempotency-key')).toBe('n-1-0');
		expect(request && jsonOf(request)).toEqual({ reference: 'n-1-0', to: '+34600000000', from: 'FEFAENT', text: 'Bon dia' });
	});

	it.each([
		[{ status: 422, body: '{"code":"NUMBER_BARRED"}' }, 'NUMBER_BARRED'],
		[{ status: 400 }, 'MESSAGE_REFUSED'],
		[{ status: 429 }, 'THROTTLED'],
		[{ status: 503, body: 'x'.repeat(200_000) }, 'PROVIDER_UNAVAILABLE'],
		[{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'UNKNOWN'],
		[{ dropConnection: true }, 'CONNECTION_FAILED'],
		[{ hang: true }, 'TIMED_OUT'],
	])('%j: %s', async (answer, failure) => {
		const gateway = await provider({ respond: () => answer });
		expect(await sender(gateway.url, { timeoutMs: 150 }).send(sms)).toEqual({ kind: 'failed', failure });
	});

	it.each([
		['headers', 'HTTP/1.1 503 no\r\nx-a: ', 'a'],
		['body', 'HTTP/1.1 503 no\r\ncontent-length: 100000\r\n\r\n', ' '],
	])('leaves a server whose %s trickle in when its own share of time is over, or the deadline comes', async (_, prelude, drip) => {
		await using server = await startDrippingServer({ answer: () => undefined, prelude, drip });
		const url = `http://127.0.0.1:${server.port}`;
		expect(await sender(url, { timeoutMs: 50 }).send(sms)).toEqual({ kind: 'failed', failure: 'TIMED_OUT' });
		const deadline = new AbortController();
		const sent = sender(url, { timeoutMs: 60_000 }).send(sms, deadline.signal);
		await eventually(() => server.connections === 2);
		deadline.abort(new DOMException('', 'TimeoutError'));
		expect(await sent).toEqual({ kind: 'failed', failure: 'TIMED_OUT' });
		await eventually(() => server.connected === 0);
	});

	it('takes an answer without a name, or without JSON, for taken', async () => {
		const gateway = await provider({ respond: () => ({ status: 200, body: 'OK' }) });
		expect(await sender(gateway.url).send(sms)).toEqual({ kind: 'accepted', reference: '' });
	});

	it('says that its credentials are refused', async () => {
		const gateway = await provider({ token: 'other' });
		expect(await sender(gateway.url).send(sms)).toEqual({ kind: 'failed', failure: 'AUTHENTICATION_FAILED' });
	});

	it('says that nobody listens', async () => {
		expect(await sender(`http://127.0.0.1:${await freePort()}`).send(sms)).toEqual({ kind: 'failed', failure: 'CONNECTION_FAILED' });
	});

	it('trusts whom it is told to', async () => {
		const { ca, server } = await issueTestCertificates();
		const gateway = await provider({ tls: server });
		expect(await sender(gateway.url, { ca: ca.cert }).send(sms)).toMatchObject({ kind: 'accepted' });
	});

	it.each(wrongCertificates)('says nothing to a server %s', async (_, make) => {
		const { tls, ca } = await make();
		const gateway = await provider({ tls });
		const { port } = new URL(gateway.url);
		expect(await sender(`https://localhost:${port}`, { ca }).send(sms)).toEqual({ kind: 'failed', failure: 'TLS_FAILED' });
		expect(gateway.requests).toHaveLength(0);
	});
});
