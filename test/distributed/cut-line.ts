// A line to an engine that a test can cut: a TCP proxy on loopback.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line between some processes and one server. */
export interface CutLine extends AsyncDisposable {
	/** `127.0.0.1:port`, in place of the server's. */
	readonly address: string;
	/** Ends every connection; new ones are taken. */
	drop(): void;
	/** Ends every connection, and takes none until {@link mend}. */
	cut(): void;
	mend(): void;
}

/** Opens a line. @param target host:port */
export async function openLine(target: string): Promise<CutLine> {
	const [host = '', port = ''] = target.split(':');
	const open = new Set<Socket>();
	let isCut = false;
	const server = createServer((client) => {
		if (isCut) {
			client.destroy();
			return;
		}
		const upstream = connect(Number(port), host);
		for (const [one, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			open.add(one);
			one.setNoDelay(true);
			one.on('error', () => {});
			one.on('close', () => {
				open.delete(one);
				other.destroy();
			});
			one.pipe(other);
		}
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const drop = () => {
		for (const socket of open) socket.destroy();
	};
	return {
		address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		drop,
		cut: () => {
			isCut = true;
			drop();
		},
		mend: () => {
			isCut = false;
		},
		[Symbol.asyncDispose]: async () => {
			drop();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
