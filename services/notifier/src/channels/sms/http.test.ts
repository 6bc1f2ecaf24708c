import {
	freePort,
	type HttpRecorder,
	issueTestCertificates,
	jsonOf,
	type SmsHttpProviderOptions,
	startSmsHttpProvider,
} from '@fefaent/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpSmsOptions, HttpSmsSender } from './http.ts';
import type { OutgoingSms } from './port.ts';

const sms: OutgoingSms = { noticeId: 'n-1', notificationId: 1, addressIndex: 0, reference: 'n-1-0', to: '+34600000000', text: 'Bon dia' };

async function provider(options: SmsHttpProviderOptions = {}): Promise<HttpRecorder> {
	const started = await startSmsHttpProvider(options);
	onTestFinished(() => started.close());
	return started;
}

function sender(url: string, options: Partial<HttpSmsOptions> = {}): HttpSmsSender {
	const made = new HttpSmsSender({ url, token: 'secret', ca: undefined, from: 'FEFAENT', concurrency: 2, timeoutMs: 2_000, ...options });
	onTestFinished(() => made.close());
	return made;
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

	it('trusts only whom it is told to', async () => {
		const { ca, server } = await issueTestCertificates();
		const gateway = await provider({ tls: server });
		expect(await sender(gateway.url, { ca: ca.cert }).send(sms)).toMatchObject({ kind: 'accepted' });
		expect(await sender(gateway.url).send(sms)).toEqual({ kind: 'failed', failure: 'TLS_FAILED' });
	});
});
