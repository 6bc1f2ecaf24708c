import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { childOf, el, textOf } from '@fefaent/xml';
import { enotumNs, envelope } from './requests.ts';
import { bodyOf } from './soap.ts';

/** One `ActualitzarEstat` as it came in. */
export interface ReceivedCallback {
	readonly notificationId: number;
	/** The contract's word for the state. */
	readonly state: string;
	/** When the state was reached. */
	readonly at: string;
	/** Size of the evidence that came with it, in characters. */
	readonly evidenceSize: number;
}

/** The issuer's side of the callbacks: a small real server on loopback. */
export interface Receiver extends AsyncDisposable {
	readonly url: string;
	readonly received: readonly ReceivedCallback[];
}

const mostBytes = 1024 * 1024;

/** Starts a receiver on a free port of this machine; it takes every change of state. */
export async function startReceiver(): Promise<Receiver> {
	const received: ReceivedCallback[] = [];
	const server = createServer((request, response) => {
		answer(request, response, received).catch(() => response.writeHead(400).end());
	});
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(0, '127.0.0.1', resolve);
	await promise;
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
		received,
		[Symbol.asyncDispose]: async () => {
			const closed = new Promise((done) => server.close(done));
			server.closeAllConnections();
			await closed;
		},
	};
}

async function answer(request: IncomingMessage, response: ServerResponse, received: ReceivedCallback[]): Promise<void> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > mostBytes) throw new RangeError('the callback is too large');
		chunks.push(chunk);
	}
	const told = childOf(bodyOf(Buffer.concat(chunks)), 'ActualitzarEstatNotificacio', enotumNs);
	const id = told && textOf(told, 'IdNotificacio');
	if (!told || id === undefined) throw new TypeError('this is no ActualitzarEstat');
	received.push({
		notificationId: Number(id),
		state: textOf(told, 'Estat') ?? '',
		at: textOf(told, 'DataDiposit') ?? textOf(told, 'DataPracticar') ?? '',
		evidenceSize: (textOf(told, 'Diposit') ?? textOf(told, 'Practicar') ?? '').length,
	});
	const taken = el('RespostaActualitzarEstat', { xmlns: enotumNs }, el('ResultatActualitzarEstat', {}, el('IdNotificacio', {}, id)));
	response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(envelope(taken));
}
