import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { portOf } from './listening.ts';

/** How the server talks. */
export interface DrippingServerOptions {
	/** Written as soon as a client connects. Default: nothing. */
	readonly greeting?: string;
	/** Answers what came from a client in one piece; undefined: from now on it drips. Default: it drips from the start. */
	readonly answer?: (received: string) => string | undefined;
	/** Written once before the first drip. Default: nothing. */
	readonly prelude?: string;
	/** Written again and again. */
	readonly drip: string;
	/** Milliseconds of real time between two drips. Default 5. */
	readonly everyMs?: number;
}

/** A server that is never silent and never done: no time-out between two bytes notices it. */
export interface DrippingServer extends AsyncDisposable {
	readonly port: number;
	/** How many clients have connected so far. */
	readonly connections: number;
	/** How many of them are connected now. */
	readonly connected: number;
	/** Cuts every connection and stops. */
	close(): Promise<void>;
}

/** Starts one on loopback. */
export async function startDrippingServer(options: DrippingServerOptions): Promise<DrippingServer> {
	const { greeting = '', answer, prelude = '', drip, everyMs = 5 } = options;
	const sockets = new Set<Socket>();
	let connections = 0;
	const server = createServer((socket) => {
		connections++;
		sockets.add(socket);
		let dripping: NodeJS.Timeout | undefined;
		const begin = (): void => {
			if (dripping !== undefined) return;
			socket.write(prelude);
			dripping = setInterval(() => socket.write(drip), everyMs);
		};
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			clearInterval(dripping);
			sockets.delete(socket);
		});
		socket.write(greeting);
		if (answer === undefined) begin();
		socket.on('data', (received) => {
			const reply = dripping === undefined ? answer?.(received.toString('latin1')) : undefined;
			if (reply === undefined) begin();
			else socket.write(reply);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const close = async (): Promise<void> => {
		if (!server.listening) return;
		const closed = once(server, 'close');
		server.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return {
		port: portOf(server),
		get connections() {
			return connections;
		},
		get connected() {
			return sockets.size;
		},
		close,
		[Symbol.asyncDispose]: close,
	};
}
