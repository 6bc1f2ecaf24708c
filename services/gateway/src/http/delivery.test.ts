import { connect, type Socket } from 'node:net';
import { eventually } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { echoFace, rawConnection, startPublicServer } from '../testing/public-server.ts';
import { Budget } from './budget.ts';
import type { Answer } from './exchange.ts';

/** More than the operating system takes in for a caller that does not read. */
const large = Buffer.alloc(32 * 1024 * 1024, 'x');
const largeFace = () => echoFace(async (): Promise<Answer> => ({ status: 200, contentType: 'text/plain', body: large }));
const ask = 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n';

/** A caller that asks and reads nothing. */
function unread(port: number, request = ask): Socket {
	const socket = connect(port, '127.0.0.1');
	socket.on('error', () => {});
	socket.write(request);
	return socket;
}

const held = (budget: Budget) => [budget.requests, budget.bytes];

describe('answers that nobody reads', () => {
	it('stay in the budget, which lets nothing new in, until the caller takes them', async () => {
		const budget = new Budget({ maxRequests: 9, maxBytes: large.length });
		await using server = await startPublicServer(largeFace(), { budget });
		const caller = unread(server.listener.port);
		await eventually(() => expect(held(budget)).toEqual([1, large.length]));
		const refused = await fetch(`${server.url}/echo`);
		expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
		let read = 0;
		caller.on('data', (chunk: Buffer) => {
			read += chunk.length;
		});
		await eventually(() => expect(held(budget)).toEqual([0, 0]));
		await eventually(() => expect(read).toBeGreaterThan(large.length));
		caller.destroy();
	});

	it('are cut with their connections when their time is over', async () => {
		const budget = new Budget({ maxRequests: 9, maxBytes: 8 * large.length });
		await using server = await startPublicServer(largeFace(), { budget, answerTimeoutMs: 300 });
		const callers = [1, 2, 3].map(() => unread(server.listener.port));
		await eventually(() => expect(budget.bytes).toBe(3 * large.length));
		await eventually(() => expect(held(budget)).toEqual([0, 0]));
		// What the operating system took in can still be read; then comes the cut.
		const lengths = callers.map(
			(caller) =>
				new Promise<number>((resolve) => {
					let read = 0;
					caller.on('data', (chunk: Buffer) => {
						read += chunk.length;
					});
					caller.on('close', () => resolve(read));
				}),
		);
		for (const length of await Promise.all(lengths)) expect(length).toBeLessThan(large.length);
	});

	it('are given back when the caller goes, those that wait behind another on its connection too', async () => {
		const budget = new Budget({ maxRequests: 9, maxBytes: 8 * large.length });
		await using server = await startPublicServer(largeFace(), { budget });
		const caller = unread(server.listener.port, ask.repeat(3));
		await eventually(() => expect(held(budget)).toEqual([3, 3 * large.length]));
		caller.destroy();
		await eventually(() => expect(held(budget)).toEqual([0, 0]));
	});
});

it('a slow answer is no unread one: time counts from when it is written', async () => {
	const gate = Promise.withResolvers<void>();
	const face = echoFace(async (): Promise<Answer> => {
		await gate.promise;
		return { status: 200, contentType: 'text/plain', body: 'done' };
	});
	await using server = await startPublicServer(face, { answerTimeoutMs: 20 });
	const answer = fetch(`${server.url}/echo`);
	await eventually(() => expect(server.budget.requests).toBe(1));
	setTimeout(gate.resolve, 60);
	expect(await (await answer).text()).toBe('done');
});

it('connections beyond the most are closed as they come, and there is room again once others go', async () => {
	await using server = await startPublicServer(echoFace(), { listening: { maxConnections: 2 } });
	const first = [rawConnection(server.listener.port), rawConnection(server.listener.port)];
	for (const { socket } of first) socket.write(ask);
	await eventually(() => expect(first.map((one) => one.received().includes('200 OK'))).toEqual([true, true]));
	const third = rawConnection(server.listener.port);
	third.socket.write(ask);
	expect(await third.ended).toBe('');
	for (const { socket } of first) socket.destroy();
	await eventually(async () => {
		const again = rawConnection(server.listener.port);
		again.socket.write(ask.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
		expect(await again.ended).toContain('200 OK');
	});
});
