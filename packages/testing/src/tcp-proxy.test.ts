import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let echo: Server;
let proxy: TcpProxy;

beforeEach(async () => {
	echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
	echo.listen(0, '127.0.0.1');
	await once(echo, 'listening');
	proxy = await startTcpProxy((echo.address() as AddressInfo).port);
});
afterEach(async () => {
	await proxy[Symbol.asyncDispose]();
	echo.close();
});

/** A connection, and all that came back by it. */
async function talk(): Promise<{ readonly socket: Socket; heard(): string }> {
	const socket = connect(proxy.port, '127.0.0.1');
	socket.on('error', () => {});
	let heard = '';
	socket.on('data', (chunk: Buffer) => {
		heard += chunk;
	});
	await once(socket, 'connect');
	return { socket, heard: () => heard };
}

it('passes everything on, ends included', async () => {
	const { socket, heard } = await talk();
	socket.end('x'.repeat(1_000_000));
	await once(socket, 'close');
	expect(heard()).toHaveLength(1_000_000);
	await eventually(() => expect(proxy.connections).toBe(0));
});

it('drops: nothing passes and nobody is told, then all comes', async () => {
	const { socket, heard } = await talk();
	socket.write('one');
	await eventually(() => expect(heard()).toBe('one'));
	proxy.fail({ kind: 'drop' });
	socket.write(' two');
	const late = await talk();
	late.socket.write('new');
	await new Promise((resolve) => setTimeout(resolve, 150));
	expect([heard(), late.heard(), socket.closed]).toEqual(['one', '', false]);
	proxy.fail(undefined);
	await eventually(() => expect([heard(), late.heard()]).toEqual(['one two', 'new']));
	socket.destroy();
	late.socket.destroy();
});

it('delays', async () => {
	const { socket, heard } = await talk();
	proxy.fail({ kind: 'delay', ms: 60 });
	const started = performance.now();
	socket.write('x');
	await eventually(() => expect(heard()).toBe('x'));
	expect(performance.now() - started).toBeGreaterThan(115);
	socket.destroy();
});

it('resets what there is and what comes, until it is well', async () => {
	const { socket } = await talk();
	proxy.fail({ kind: 'reset' });
	await eventually(() => expect(socket.closed).toBe(true));
	const next = connect(proxy.port, '127.0.0.1');
	next.on('error', () => {});
	await eventually(() => expect(next.closed).toBe(true));
	proxy.fail(undefined);
	const again = await talk();
	again.socket.write('back');
	await eventually(() => expect(again.heard()).toBe('back'));
	again.socket.destroy();
});
