import { Agent, get } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { describe, expect, it } from 'vitest';
import { startCallbackReceiver } from './callback-receiver.ts';
import { issueTestCertificates } from './certificates.ts';
import { startHttpRecorder } from './http-recorder.ts';
import { jsonOf, startSmsHttpProvider } from './sms-http-provider.ts';
import { actualitzarEstatAnswer } from './soap-answers.ts';

const post = (url: string, body: string, headers: Record<string, string> = {}) => fetch(url, { method: 'POST', body, headers });

describe('startHttpRecorder', () => {
	it('keeps requests in order, whole, and answers as told', async () => {
		await using server = await startHttpRecorder({
			respond: ({ index }) => ({ status: 201, headers: { 'x-index': String(index) }, body: `answer ${index}` }),
		});
		const first = await post(`${server.url}/a?b=c`, 'ünïcode', { 'X-Mark': 'one' });
		await post(`${server.url}/second`, '');
		expect([first.status, first.headers.get('x-index'), await first.text()]).toEqual([201, '0', 'answer 0']);
		const [one, two] = await server.waitFor(2);
		expect(one).toMatchObject({ method: 'POST', path: '/a?b=c', index: 0, clientName: '' });
		expect(one?.body.toString()).toBe('ünïcode');
		expect(one?.headers.get('x-mark')).toBe('one');
		expect(two?.path).toBe('/second');
	});

	it('counts connections: requests that share one, and one of its own', async () => {
		await using server = await startHttpRecorder();
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const call = (by: Agent | false) =>
			new Promise((resolve, reject) => {
				get(server.url, { agent: by }, (response) => response.resume().on('end', resolve)).on('error', reject);
			});
		await Promise.all([call(agent), call(agent), call(agent)]);
		expect(server.connections).toBe(1);
		await call(false);
		expect(server.connections).toBe(2);
		agent.destroy();
	});

	it('drops, and recovers when told', async () => {
		await using server = await startHttpRecorder({ respond: () => ({ dropConnection: true }) });
		await expect(post(server.url, 'x')).rejects.toThrow();
		expect(server.requests).toHaveLength(1);
		server.respondWith(() => ({ status: 204 }));
		expect((await post(server.url, 'x')).status).toBe(204);
	});

	it.each([{ hang: true }, { delayMs: 60_000 }])('never answers with %j, and closes all the same', async (answer) => {
		const server = await startHttpRecorder({ respond: () => answer });
		const waiting = post(server.url, 'x');
		waiting.catch(() => {});
		await server.waitFor(({ body }) => body.toString() === 'x');
		await server.close();
		await expect(waiting).rejects.toThrow();
	});

	it('cuts the connection when the responder itself fails', async () => {
		await using server = await startHttpRecorder({
			respond: () => {
				throw new Error('a mistake in a test');
			},
		});
		await expect(post(server.url, 'x')).rejects.toThrow();
	});

	it('lets in only clients with a certificate of its authority', async () => {
		const [ours, others] = await Promise.all([issueTestCertificates({ clientName: 'fefaent' }), issueTestCertificates()]);
		await using server = await startHttpRecorder({ tls: { ...ours.server, clientCa: ours.ca.cert } });
		const call = (client?: { cert: string; key: string }) =>
			new Promise<number | undefined>((resolve, reject) => {
				httpsRequest(server.url, { ca: ours.ca.cert, ...client, agent: false }, (response) => {
					response.resume().on('end', () => resolve(response.statusCode));
				})
					.on('error', reject)
					.end();
			});
		expect(await call(ours.client)).toBe(200);
		expect(server.requests[0]?.clientName).toBe('fefaent');
		await expect(call()).rejects.toThrow();
		await expect(call(others.client)).rejects.toThrow();
		expect(server.requests).toHaveLength(1);
	});
});

describe('startCallbackReceiver', () => {
	it('accepts an ActualitzarEstat with the answer that names its notification', async () => {
		await using receiver = await startCallbackReceiver();
		const response = await post(
			receiver.url,
			'<s:Envelope xmlns:s="x"><s:Body><n:ActualitzarEstat xmlns:n="http://www.aoc.cat/eNotum"><n:ActualitzarEstatNotificacio><n:IdNotificacio>42</n:IdNotificacio>' +
				'</n:ActualitzarEstatNotificacio></n:ActualitzarEstat></s:Body></s:Envelope>',
		);
		expect(response.headers.get('content-type')).toMatch(/^text\/xml/);
		expect(await response.text()).toBe(actualitzarEstatAnswer(42));
	});

	it('takes anything else with 204, and obeys the caller when told', async () => {
		await using receiver = await startCallbackReceiver();
		expect((await post(receiver.url, '{"id": 1}')).status).toBe(204);
		receiver.respondWith(() => ({ status: 500 }));
		expect((await post(receiver.url, '{"id": 2}')).status).toBe(500);
	});
});

describe('startSmsHttpProvider', () => {
	it('gives each message an id, and a repeated one the same', async () => {
		await using provider = await startSmsHttpProvider({ token: 'secret' });
		const send = async (key: string) => {
			const headers = { authorization: 'Bearer secret', 'idempotency-key': key };
			const response = await post(`${provider.url}/messages`, JSON.stringify({ to: '+34612345678', text: 'Avís' }), headers);
			return [response.status, await response.json()];
		};
		expect(await send('a')).toEqual([202, { id: 'sms-1' }]);
		expect(await send('b')).toEqual([202, { id: 'sms-2' }]);
		expect(await send('a')).toEqual([200, { id: 'sms-1' }]);
		const [first] = await provider.waitFor(3);
		expect(first && jsonOf(first)).toEqual({ to: '+34612345678', text: 'Avís' });
		expect((await post(provider.url, '{}')).status).toBe(401);
		expect((await post(provider.url, 'no json', { authorization: 'Bearer secret' })).status).toBe(400);
	});

	it('fails the requests that it is told to', async () => {
		await using provider = await startSmsHttpProvider({ respond: ({ index }) => (index === 0 ? { status: 503 } : undefined) });
		expect((await post(provider.url, '{}')).status).toBe(503);
		expect((await post(provider.url, '{}')).status).toBe(202);
	});
});
