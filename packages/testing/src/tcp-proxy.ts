import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What a network does to connections. `drop`: nothing passes and nobody is told; `delay`: all comes later; `reset`: they break, and no new one holds. */
export type NetworkFault = { readonly kind: 'drop' } | { readonly kind: 'delay'; readonly ms: number } | { readonly kind: 'reset' };

/** A network between somebody and a server, which can fail. */
export interface TcpProxy extends AsyncDisposable {
	/** Where the server is reached through it, on loopback. */
	readonly port: number;
	/** Connections through it now. */
	readonly connections: number;
	/** From now on it fails like this, with the connections there are, too; undefined: no more. What was dropped is passed on then, as TCP would send it again. */
	fail(fault: NetworkFault | undefined): void;
}

/** Starts a proxy. @param target the server's port on loopback; @param port that of the proxy, default any */
export async function startTcpProxy(target: number, port = 0): Promise<TcpProxy> {
	let fault: NetworkFault | undefined;
	let healed = Promise.withResolvers<void>();
	healed.resolve();
	const sockets = new Set<Socket>();

	/** Passes on what comes, chunk by chunk, as the network lets it. */
	const pass = async (from: Socket, to: Socket): Promise<void> => {
		// Late chunks overlap on their way, and keep their order.
		let passed: Promise<void> = Promise.resolve();
		for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
			const late = fault?.kind === 'delay' ? delay(fault.ms) : undefined;
			passed = passed.then(async () => {
				await late;
				while (fault?.kind === 'drop') await healed.promise;
				if (!to.write(chunk)) await once(to, 'drain');
			});
			passed.catch(() => {});
			if (late === undefined) await passed;
		}
		await passed;
		while (fault?.kind === 'drop') await healed.promise;
		to.end();
	};
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
		if (fault?.kind === 'reset') {
			near.resetAndDestroy();
			return;
		}
		const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(one);
			// One side that breaks takes the other with it.
			one.on('error', () => other.destroy());
			one.on('close', (broken) => {
				sockets.delete(one);
				if (broken) other.destroy();
			});
			pass(one, other).catch(() => other.destroy());
		}
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		get connections() {
			return sockets.size / 2;
		},
		fail: (next) => {
			fault = next;
			if (next?.kind === 'drop') healed = Promise.withResolvers<void>();
			else healed.resolve();
			if (next?.kind === 'reset') for (const socket of sockets) socket.resetAndDestroy();
		},
		[Symbol.asyncDispose]: async () => {
			fault = undefined;
			healed.resolve();
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
