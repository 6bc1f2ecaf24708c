import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { CallbackForm, CredentialKind, DeliveryState, type Endpoint } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { eventually, issueTestCertificates, startCallbackReceiver } from '@fefaent/testing';
import { describe, expect, test } from 'vitest';
import { endpoint } from './testing/fixtures.ts';
import { type Harness, harness } from './testing/harness.ts';

const { DELIVERED } = DeliveryState;

/** The failure of the first attempt to an endpoint. */
async function failureAt(h: Harness, change: Partial<Endpoint> & Pick<Endpoint, 'url'>): Promise<string | undefined> {
	await h.endpoint(change);
	await h.change([1, State.DEPOSITED]);
	return (await h.attempts(1, 1)).attempts[0]?.failure;
}

/** A server that speaks TCP as it is told. */
async function rawServer(talk: (socket: Socket) => void): Promise<AsyncDisposable & { readonly url: string }> {
	const sockets = new Set<Socket>();
	const server: Server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('data', () => talk(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	return {
		url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
		[Symbol.asyncDispose]: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

describe('where callbacks may go', () => {
	test.each([
		'http://127.0.0.1:9/',
		'https://10.0.0.1/',
		'https://[::1]/',
		'https://[::ffff:10.0.0.1]/',
		'https://169.254.169.254/latest/meta-data/',
		'https://2130706433/',
		'https://0x7f.1/',
		'http://example.org/',
		'https://user:pw@example.org/',
		'https://example.org/#x',
		'ftp://example.org/',
		'file:///etc/passwd',
		'/relative',
		'',
	])('%s is refused when it is stored', async (url) => {
		await using h = await harness({ env: { FEFAENT_CALLBACK_ALLOWED_NETWORKS: '' } });
		await expect(h.client.putEndpoint({ endpoint: endpoint({ url }), secrets: undefined })).rejects.toMatchObject({
			reason: 'ENDPOINT_INVALID',
		});
	});

	test('a name is judged by every address that it resolves to, when it is called', async () => {
		await using receiver = await startCallbackReceiver();
		const names: Record<string, string[]> = {
			'inside.test': ['127.0.0.1'],
			'both.test': ['93.184.216.34', '10.0.0.1'],
			'mapped.test': ['::ffff:192.168.0.1'],
		};
		const resolve = async (host: string) => {
			const found = names[host];
			if (found === undefined) throw new Error('no such name');
			return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const);
		};
		await using h = await harness({ env: { FEFAENT_CALLBACK_ALLOWED_NETWORKS: '198.51.100.0/24' }, resolve });
		const urls = [...Object.keys(names), 'nowhere.test'].map((name) => `http://${name}:${receiver.port}/`);
		const endpoints = await Promise.all(urls.map((url) => h.endpoint({ url })));
		await h.change([1, State.DEPOSITED]);
		const seen = await eventually(async () => {
			const found = new Map((await h.deliveries()).map(({ endpointId, attempts }) => [endpointId, attempts[0]?.failure]));
			return !endpoints.some(({ id }) => found.get(id) === undefined) && endpoints.map(({ id }) => found.get(id));
		});
		expect(seen).toEqual(['ADDRESS_FORBIDDEN', 'ADDRESS_FORBIDDEN', 'ADDRESS_FORBIDDEN', 'NAME_UNRESOLVED']);
		expect(receiver.connections).toBe(0);
	});

	test('a name that resolves to something else a moment later gains nothing', async () => {
		await using receiver = await startCallbackReceiver();
		let asked = 0;
		// Public when it is looked at first, ours from then on.
		const resolve = async () => [{ address: asked++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 as const }];
		await using h = await harness({ env: { FEFAENT_CALLBACK_ALLOWED_NETWORKS: '192.0.2.0/24' }, resolve });
		expect(await failureAt(h, { url: `http://rebind.test:${receiver.port}/` })).not.toBe('');
		h.clock.advance(60_000);
		expect((await h.attempts(1, 2)).attempts[1]?.failure).toBe('ADDRESS_FORBIDDEN');
		expect(receiver.connections).toBe(0);
		expect(asked).toBe(2);
	});

	test('other ports than those allowed are refused, also for endpoints stored before', async () => {
		await using receiver = await startCallbackReceiver();
		await using h = await harness({ env: { FEFAENT_CALLBACK_ALLOWED_PORTS: '443,8443' } });
		const given = endpoint({ url: receiver.url });
		await expect(h.client.putEndpoint({ endpoint: given, secrets: undefined })).rejects.toMatchObject({ reason: 'ENDPOINT_INVALID' });
	});

	test('redirects are not followed', async () => {
		await using inner = await startCallbackReceiver();
		await using outer = await startCallbackReceiver({ respond: () => ({ status: 307, headers: { location: inner.url } }) });
		await using h = await harness();
		expect(await failureAt(h, { url: outer.url })).toBe('REDIRECTED');
		expect(inner.requests).toHaveLength(0);
	});
});

describe('what receivers may do', () => {
	test('an answer that drips for ever ends in time', async () => {
		await using server = await rawServer((socket) => {
			socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n');
			const timer = setInterval(() => socket.write('x'), 50);
			socket.once('close', () => clearInterval(timer));
		});
		await using h = await harness();
		const before = performance.now();
		expect(await failureAt(h, { url: server.url })).toBe('RESPONSE_TIMED_OUT');
		// It would drip for more than an hour.
		expect(performance.now() - before).toBeLessThan(15_000);
	});

	test.each<[string, string]>([
		['ANSWER_TOO_LARGE', `HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(300_000)}`],
		['ANSWER_INVALID', 'SMTP ready\r\n\r\n'],
		['ANSWER_TOO_LARGE', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`],
		['CONNECTION_LOST', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
		['CONNECTION_LOST', ''],
	])('%s', async (failure, said) => {
		await using server = await rawServer((socket) => socket.end(said));
		await using h = await harness();
		expect(await failureAt(h, { url: server.url })).toBe(failure);
	});

	test('the rest of an answer to the JSON form is of no consequence', async () => {
		await using server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx'));
		await using h = await harness({ env: { FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '10s' } });
		await h.endpoint({ url: server.url, form: CallbackForm.JSON });
		await h.change([1, State.DEPOSITED]);
		await h.settled(1, DELIVERED);
	});
});

describe('by what we know each other', () => {
	test('basic and bearer credentials are sent, kept encrypted, and never read back', async () => {
		await using receiver = await startCallbackReceiver();
		await using h = await harness();
		const basic = await h.endpoint(
			{ url: `${receiver.url}/basic`, credentialKind: CredentialKind.BASIC, username: 'ana' },
			{ secret: 'contrasenya-è' },
		);
		await h.endpoint({ url: `${receiver.url}/bearer`, credentialKind: CredentialKind.BEARER }, { secret: 't0ken' });
		await h.change([1, State.DEPOSITED]);
		await receiver.waitFor(2);
		const sent = new Map(receiver.requests.map((one) => [one.path, one.headers.get('authorization')]));
		expect(sent.get('/basic')).toBe(`Basic ${Buffer.from('ana:contrasenya-è').toString('base64')}`);
		expect(sent.get('/bearer')).toBe('Bearer t0ken');
		expect(JSON.stringify(await h.client.listEndpoints({ issuerCode: 'DEMO', limit: 100 }))).not.toMatch(/contrasenya|t0ken/);
		// Changed without its secrets: they stay.
		const { webhookSecret: _, ...stored } = basic;
		await h.endpoint({ ...stored, url: `${receiver.url}/moved` });
		await h.change([2, State.DEPOSITED]);
		const moved = await receiver.waitFor((one) => one.path === '/moved');
		expect(moved.headers.get('authorization')).toBe(sent.get('/basic'));
	});

	test('https with an authority of its own and a client certificate', async () => {
		const pki = await issueTestCertificates({ clientName: 'fefaent' });
		const tls = { key: pki.server.key, cert: pki.server.cert, clientCa: pki.ca.cert };
		await using receiver = await startCallbackReceiver({ tls });
		await using h = await harness();
		const secrets = { clientCertificatePem: pki.client.cert, clientKeyPem: pki.client.key };
		await h.endpoint({ url: receiver.url, credentialKind: CredentialKind.MTLS, caPem: pki.ca.cert }, secrets);
		await h.change([1, State.DEPOSITED]);
		await h.settled(1, DELIVERED);
		expect(receiver.requests[0]?.clientName).toBe('fefaent');
	});

	test.each(['no authority', 'no client certificate', 'another name', 'out of date'])('TLS with %s fails', async (what) => {
		const names = what === 'another name' ? { serverNames: ['example.org'] } : {};
		const pki = await issueTestCertificates({ ...names, ...(what === 'out of date' && { lifeMs: -60_000 }) });
		const clientCa = what === 'no client certificate' ? { clientCa: pki.ca.cert } : {};
		await using receiver = await startCallbackReceiver({ tls: { key: pki.server.key, cert: pki.server.cert, ...clientCa } });
		await using h = await harness();
		expect(await failureAt(h, { url: receiver.url, caPem: what === 'no authority' ? '' : pki.ca.cert })).toBe(
			// By TLS 1.3 a client that shows no certificate learns of it only from the end of the connection.
			what === 'no client certificate' ? 'CONNECTION_LOST' : 'TLS_FAILED',
		);
		expect(receiver.requests).toHaveLength(0);
	});

	test.each<[string, Partial<Endpoint>, Record<string, string>]>([
		['basic without user', { credentialKind: CredentialKind.BASIC }, { secret: 'x' }],
		['basic with a colon', { credentialKind: CredentialKind.BASIC, username: 'a:b' }, { secret: 'x' }],
		['basic without password', { credentialKind: CredentialKind.BASIC, username: 'a' }, {}],
		['bearer with a line break', { credentialKind: CredentialKind.BEARER }, { secret: 'a\r\nX-Injected: 1' }],
		['a certificate without key', { credentialKind: CredentialKind.MTLS }, { clientCertificatePem: 'x' }],
		['PEM that is none', { credentialKind: CredentialKind.MTLS }, { clientCertificatePem: 'x', clientKeyPem: 'y' }],
		['an authority that is none', { caPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }, {}],
		['no form', { form: CallbackForm.UNSPECIFIED }, {}],
		['no issuer', { issuerCode: '' }, {}],
		['too many at once', { maxInFlight: 65 }, {}],
		['a state that is never told', { states: [State.ENTERED] }, {}],
	])('%s is refused', async (_, change, secrets) => {
		await using h = await harness();
		await expect(h.endpoint({ url: 'https://example.org/', ...change }, secrets)).rejects.toMatchObject({ reason: 'ENDPOINT_INVALID' });
	});

	test('an endpoint that is not there, or is of another issuer, is not changed', async () => {
		await using h = await harness();
		const put = (change: Partial<Endpoint>) => h.endpoint({ url: 'https://example.org/', ...change });
		await expect(put({ id: 'unknown' })).rejects.toMatchObject({ reason: 'ENDPOINT_UNKNOWN' });
		const { id } = await put({});
		await expect(put({ id, issuerCode: 'OTHER' })).rejects.toMatchObject({ reason: 'ENDPOINT_INVALID' });
	});
});

test('a removed endpoint gives up what waits for it', async () => {
	await using h = await harness();
	const { id } = await h.endpoint({ url: 'http://127.0.0.1:1/' });
	await h.change([1, State.DEPOSITED]);
	await h.attempts(1, 1);
	expect(await h.client.deleteEndpoint({ id })).toEqual({ removed: true });
	const [delivery] = await h.settled(1, DeliveryState.EXHAUSTED);
	expect(delivery).toMatchObject({ givenUp: 'ENDPOINT_DELETED' });
	expect(await h.client.deleteEndpoint({ id })).toEqual({ removed: false });
	const redrive = { deliveryIds: [], endpointId: id, notificationIds: [] };
	await expect(h.client.redriveDeliveries(redrive)).rejects.toMatchObject({ reason: 'ENDPOINT_UNKNOWN' });
	// Named one by one, it is taken up, and given up again.
	expect(await h.client.redriveDeliveries({ ...redrive, endpointId: '', deliveryIds: [delivery?.id ?? ''] })).toEqual({ redriven: 1 });
	await h.settled(1, DeliveryState.EXHAUSTED);
});

test('the log is listed by pages, and wrong requests are refused', async () => {
	await using receiver = await startCallbackReceiver();
	await using h = await harness();
	const { id } = await h.endpoint({ url: receiver.url, maxInFlight: 8 });
	await h.change(...Array.from({ length: 25 }, (_, index) => [index + 1, State.DEPOSITED] as const));
	await receiver.waitFor(25);
	await eventually(async () => expect(await h.service.backlog()).toBe(0));
	const seen: string[] = [];
	for (let afterId: string | undefined; ; afterId = seen.at(-1)) {
		const { deliveries } = await h.client.listDeliveries({ notificationIds: [], endpointId: id, state: DELIVERED, limit: 10, afterId });
		if (deliveries.length === 0) break;
		seen.push(...deliveries.map((one) => one.id));
	}
	expect(new Set(seen).size).toBe(25);
	const list = { notificationIds: [], endpointId: '', state: DeliveryState.UNSPECIFIED, limit: 10 };
	await expect(h.client.listDeliveries({ ...list, limit: 501 })).rejects.toMatchObject({ reason: 'INVALID_REQUEST' });
	await expect(h.client.listDeliveries({ ...list, notificationIds: [0] })).rejects.toMatchObject({ reason: 'INVALID_REQUEST' });
	await expect(h.client.listDeliveries({ ...list, afterId: 'x' })).rejects.toMatchObject({ reason: 'DELIVERY_UNKNOWN' });
	await expect(h.client.redriveDeliveries({ deliveryIds: [], endpointId: '', notificationIds: [] })).rejects.toMatchObject({
		reason: 'INVALID_REQUEST',
	});
});
