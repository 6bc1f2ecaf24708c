import { once } from 'node:events';
import { createServer } from 'node:net';
import { portOf } from './listening.ts';

/**
 * A TCP port on loopback that nobody listened on a moment ago. Another process can take it meanwhile: where a server can listen on port 0
 * and say which it got, do that.
 */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const port = portOf(server);
	server.close();
	await once(server, 'close');
	return port;
}
