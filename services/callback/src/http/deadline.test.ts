import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { CallbackForm } from '@fefaent/contracts/callback';
import { eventually, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { wellHealth } from '../domain/endpoint.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { endpoint } from '../testing/fixtures.ts';
import { networkOf } from './addresses.ts';
import { Channels } from './clients.ts';
import type { Resolve } from './resolve.ts';

/** How long an exchange may take in all here. */
const boundMs = 250;
/** What a busy machine may add. */
const slackMs = 1_500;
const loopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
const never: Resolve = () => new Promise(() => {});

/** A receiver that does what it likes with a connection, and counts those that are open. */
async function receiver(use: (socket: Socket) => void) {
	const open = new Set<Socket>();
	const server = createServer((socket) => {
		open.add(socket);
		socket.on('error', () => {}).once('close', () => open.delete(socket));
		socket.resume();
		use(socket);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	return {
		port: typeof address === 'object' ? address?.port : undefined,
		open,
		[Symbol.asyncDispose]: async () => {
			for (const socket of open) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

/** Writes a byte now and then: no pause is ever long. */
function drip(socket: Socket, text: string): void {
	let index = 0;
	const timer = setInterval(() => socket.write(text[index++] ?? 'x'), 20);
	socket.once('close', () => clearInterval(timer));
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n';

/** Every other time-out is a minute: only the bound in all can end these. */
test.each<[string, { scheme?: string; resolve?: Resolve; readAnswer?: boolean; use?: (socket: Socket) => void }]>([
	['the name servers never answer', { resolve: never }],
	['the TLS handshake never begins', { scheme: 'https' }],
	['the TLS handshake drips', { scheme: 'https', use: (socket) => drip(socket, '\x16\x03\x03\x40\x00') }],
	['the request is never answered', {}],
	['the head of the answer drips', { use: (socket) => drip(socket, `${head.slice(0, 20)}${'x'.repeat(10_000)}`) }],
	['interim answers come for ever', { use: (socket) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000)) }],
	[
		'the body drips',
		{
			use: (socket) => {
				socket.write(head);
				drip(socket, '');
			},
		},
	],
	[
		'the chunks drip',
		{
			use: (socket) => {
				socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
				drip(socket, '1\r\nx\r\n'.repeat(1_000));
			},
		},
	],
	['the head drips, and the body is not asked for', { readAnswer: false, use: (socket) => drip(socket, head) }],
])('an exchange ends within its bound when %s', async (_, { scheme = 'http', resolve = loopback, ...how }) => {
	await using folder = temporaryFolder();
	await using server = await receiver(how.use ?? (() => {}));
	const channels = new Channels(await openSecretsKeys({ file: folder.join('secrets.key') }), {
		reach: { networks: [networkOf('127.0.0.0/8')], allowHttp: true, ports: [] },
		resolve,
		connectTimeoutMs: 60_000,
		responseTimeoutMs: 60_000,
		answerMaxBytes: 1_000_000,
	});
	const given = endpoint({ url: `${scheme}://receiver.test:${server.port}/`, form: CallbackForm.ENOTUMLITE, id: 'e' });
	const { channel, release } = await channels.borrow({
		endpoint: given,
		revision: 1,
		generation: 1,
		sealedSecrets: new Uint8Array(),
		health: wellHealth,
	});
	try {
		const began = performance.now();
		const message = { headers: {}, body: 'x', readAnswer: how.readAnswer ?? true };
		const exchange = await channel.client.post(message, { signal: new AbortController().signal, endsAt: began + boundMs });
		expect(exchange).toMatchObject({ failure: 'RESPONSE_TIMED_OUT' });
		expect(performance.now() - began).toBeGreaterThanOrEqual(boundMs - 5);
		expect(performance.now() - began).toBeLessThan(boundMs + slackMs);
		// One that is still being made ends with the time-out for that; what was to be sent by it is not sent any more.
		if (scheme === 'http') await eventually(() => server.open.size === 0);
		const late = await channel.client.post(message, { signal: new AbortController().signal, endsAt: performance.now() });
		expect(late).toEqual({ failure: 'CONNECTION_TIMED_OUT', status: 0 });
	} finally {
		release();
		await channels.closeAll();
	}
});
