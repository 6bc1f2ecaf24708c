import { eventually } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { echoFace, rawConnection, startPublicServer } from '../testing/public-server.ts';
import { Budget } from './budget.ts';
import type { Answer } from './exchange.ts';
import { healthAnswers } from './health.ts';
import { HttpRefusal } from './refusal.ts';

const post = (url: string, body: string, headers: Record<string, string> = {}) => fetch(`${url}/echo`, { method: 'POST', body, headers });

describe('paths and methods', () => {
	it('answers 404, 405 with Allow, and HEAD without a body', async () => {
		await using server = await startPublicServer(echoFace());
		expect((await fetch(`${server.url}/other`)).status).toBe(404);
		expect((await fetch(`${server.url}/echo/`)).status).toBe(404);
		const deleted = await fetch(`${server.url}/echo`, { method: 'DELETE' });
		expect([deleted.status, deleted.headers.get('allow'), await deleted.text()]).toEqual([405, 'GET, HEAD, POST', 'refused: method']);
		const head = await fetch(`${server.url}/echo?x`, { method: 'HEAD' });
		expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(server.url.length), '']);
	});

	it('names itself as the caller did, unless the host is no host or an address is set', async () => {
		await using server = await startPublicServer(echoFace());
		expect(await (await fetch(`${server.url}/echo`)).text()).toBe(server.url);
		const raw = rawConnection(server.listener.port);
		raw.socket.write('GET /echo HTTP/1.1\r\nHost: "><x>\r\nConnection: close\r\n\r\n');
		expect(await raw.ended).toContain(`http://localhost:${server.listener.port}`);
		await using named = await startPublicServer(echoFace(), { publicUrl: 'https://notum.exemple.cat' });
		expect(await (await fetch(`${named.url}/echo`)).text()).toBe('https://notum.exemple.cat');
	});

	it('tells health without reasons', async () => {
		let ready = false;
		const health = healthAnswers(async () => ({ ready, checks: [{ name: 'store', ok: ready, reason: 'secret' }] }));
		await using server = await startPublicServer(echoFace(), { health });
		expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
		const not = await fetch(`${server.url}/health/ready`);
		expect([not.status, await not.json()]).toEqual([503, { ready: false, checks: [{ name: 'store', ok: false }] }]);
		ready = true;
		expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
		expect((await fetch(`${server.url}/health/ready`, { method: 'POST' })).status).toBe(405);
	});
});

describe('bodies', () => {
	it('takes one of the largest size, whole or in chunks, and nothing above', async () => {
		await using server = await startPublicServer(echoFace());
		expect((await post(server.url, 'x'.repeat(1024))).status).toBe(200);
		const stream = new Blob(['x'.repeat(600), 'x'.repeat(424)]).stream();
		const chunked = await fetch(`${server.url}/echo`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
		expect((await chunked.text()).length).toBe(1024);
		for (const size of [1025, 3000]) {
			const refused = await post(server.url, 'x'.repeat(size));
			expect([refused.status, await refused.text()]).toEqual([413, 'refused: too-large']);
		}
		const long = await fetch(`${server.url}/echo`, {
			method: 'POST',
			body: new Blob(['x'.repeat(1025)]).stream(),
			duplex: 'half',
		} as RequestInit);
		expect(long.status).toBe(413);
		expect([server.budget.requests, server.budget.bytes]).toEqual([0, 0]);
	});

	it('cuts one that goes on and on after it was refused', async () => {
		await using server = await startPublicServer(echoFace());
		const raw = rawConnection(server.listener.port);
		raw.socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
		const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
		const flood = setInterval(() => raw.socket.write(chunk), 1);
		try {
			expect(await raw.ended).toContain('413');
		} finally {
			clearInterval(flood);
		}
	});

	it('refuses compressed ones', async () => {
		await using server = await startPublicServer(echoFace());
		const refused = await post(server.url, 'x', { 'Content-Encoding': 'gzip' });
		expect([refused.status, refused.headers.get('accept-encoding'), await refused.text()]).toEqual([
			415,
			'identity',
			'refused: content-encoding',
		]);
	});

	it('answers 408 to slow headers and slow bodies', async () => {
		await using server = await startPublicServer(echoFace(), { listening: { headersTimeoutMs: 100, requestTimeoutMs: 200 } });
		const head = rawConnection(server.listener.port);
		head.socket.write('POST /echo HTTP/1.1\r\nHost: x\r\n');
		const body = rawConnection(server.listener.port);
		body.socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nxxx');
		expect(await head.ended).toContain('HTTP/1.1 408');
		expect(await body.ended).toContain('HTTP/1.1 408');
		await eventually(() => expect([server.budget.requests, server.budget.bytes]).toEqual([0, 0]));
	});

	it('gives back what an abandoned request held', async () => {
		await using server = await startPublicServer(echoFace());
		const raw = rawConnection(server.listener.port);
		raw.socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nxxx');
		await eventually(() => expect(server.budget.bytes).toBe(3));
		raw.socket.destroy();
		await eventually(() => expect([server.budget.requests, server.budget.bytes]).toEqual([0, 0]));
	});
});

describe('too much at once', () => {
	it('answers 503 with Retry-After beyond the most requests', async () => {
		const gate = Promise.withResolvers<void>();
		const face = echoFace(async (): Promise<Answer> => {
			await gate.promise;
			return { status: 200, contentType: 'text/plain', body: 'ok' };
		});
		await using server = await startPublicServer(face, { budget: new Budget({ maxRequests: 2, maxBytes: 100 }) });
		const under = [post(server.url, 'a'), post(server.url, 'b')];
		await eventually(() => expect(server.budget.requests).toBe(2));
		const refused = await post(server.url, 'c');
		expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([503, '1', 'refused: busy']);
		gate.resolve();
		expect((await Promise.all(under)).map((answer) => answer.status)).toEqual([200, 200]);
		expect((await post(server.url, 'd')).status).toBe(200);
	});

	it('answers 503 beyond the most bytes', async () => {
		await using server = await startPublicServer(echoFace(), { budget: new Budget({ maxRequests: 9, maxBytes: 1000 }) });
		const raw = rawConnection(server.listener.port);
		raw.socket.write(`POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 800\r\n\r\n${'x'.repeat(700)}`);
		await eventually(() => expect(server.budget.bytes).toBe(700));
		const refused = await post(server.url, 'x'.repeat(301));
		expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
		expect((await post(server.url, 'x'.repeat(300))).status).toBe(200);
		raw.socket.destroy();
	});
});

describe('what goes wrong', () => {
	it('a refusal of the face carries its headers', async () => {
		const face = echoFace(() => Promise.reject(new HttpRefusal('unauthenticated', 'no')));
		await using server = await startPublicServer(face);
		const refused = await post(server.url, 'x');
		expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fefaent"']);
	});

	it('a defect of the face is a bare 500, and the server lives on', async () => {
		let fail = true;
		const face = echoFace(async () => {
			if (fail) throw new Error('a secret');
			return { status: 200, contentType: 'text/plain', body: 'ok' };
		});
		await using server = await startPublicServer(face);
		const failed = await post(server.url, 'x');
		expect([failed.status, await failed.text()]).toEqual([500, 'internal error\n']);
		fail = false;
		expect((await post(server.url, 'x')).status).toBe(200);
	});

	it('nonsense gets 400 and no more', async () => {
		await using server = await startPublicServer(echoFace());
		const raw = rawConnection(server.listener.port);
		raw.socket.write('\u0000\u0001\r\n\r\n');
		expect(await raw.ended).toContain('HTTP/1.1 400');
	});
});

describe('drain', () => {
	it('finishes what is under way and tells its caller to go, takes nothing new', async () => {
		const gate = Promise.withResolvers<void>();
		const face = echoFace(async (): Promise<Answer> => {
			await gate.promise;
			return { status: 200, contentType: 'text/plain', body: 'done' };
		});
		const server = await startPublicServer(face);
		const under = post(server.url, 'x');
		await eventually(() => expect(server.budget.requests).toBe(1));
		const drained = server.listener.drain();
		await expect(fetch(`${server.url}/echo`)).rejects.toThrow();
		gate.resolve();
		const answer = await under;
		expect([answer.headers.get('connection'), await answer.text()]).toEqual(['close', 'done']);
		await drained;
	});

	it('cuts what does not end in time', async () => {
		const server = await startPublicServer(
			echoFace(() => new Promise(() => {})),
			{ listening: { drainTimeoutMs: 50 } },
		);
		const under = post(server.url, 'x').catch(() => 'cut');
		await eventually(() => expect(server.budget.requests).toBe(1));
		await server.listener.drain();
		expect(await under).toBe('cut');
	});
});
