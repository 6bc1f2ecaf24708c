import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
	createTokenMinter,
	encodeGrantedResponse,
	encodeRejectedResponse,
	type KeyedCertificate,
	parseTimeStampRequest,
} from '@fefaent/pki';

/** What the server is to do wrong with a request, if anything. */
export type Fault = 'status' | 'refuse' | 'garbage' | 'huge' | 'other-data' | 'other-nonce' | 'hang' | 'drop' | undefined;

/** A time-stamping authority over real HTTP. For tests. */
export interface TsaServer extends AsyncDisposable {
	readonly url: string;
	/** Requests so far. */
	readonly requests: () => number;
	/** Most requests that were under way at once. */
	readonly mostAtOnce: () => number;
}

/** Starts one on a free port. @param fault tells what to do with the request of that number, from 1 */
export async function startTsaServer(authority: KeyedCertificate, fault: (request: number) => Fault = () => undefined): Promise<TsaServer> {
	const mint = createTokenMinter({ authority, now: () => new Date() });
	let requests = 0;
	let underWay = 0;
	let mostAtOnce = 0;
	const answer = async (request: IncomingMessage, response: ServerResponse, wrong: Fault): Promise<void> => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const asked = await parseTimeStampRequest(Buffer.concat(chunks));
		if (wrong === 'hang') return;
		if (wrong === 'drop') return void request.socket.destroy();
		const digest = wrong === 'other-data' ? new Uint8Array(32) : asked.digest;
		const nonce = wrong === 'other-nonce' ? Uint8Array.of(1) : asked.nonce;
		const token = mint(digest, { ...(nonce ? { nonce } : {}), certificates: asked.certificates });
		const bodies: Partial<Record<NonNullable<Fault>, Uint8Array>> = {
			refuse: encodeRejectedResponse('not today'),
			garbage: new Uint8Array(40),
			huge: new Uint8Array(200_000),
		};
		response.writeHead(wrong === 'status' ? 503 : 200, { 'content-type': 'application/timestamp-reply' });
		response.end((wrong && bodies[wrong]) ?? encodeGrantedResponse(token));
	};
	const server = createServer((request, response) => {
		requests++;
		mostAtOnce = Math.max(mostAtOnce, ++underWay);
		response.once('close', () => underWay--);
		answer(request, response, fault(requests)).catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa?policy=test`,
		requests: () => requests,
		mostAtOnce: () => mostAtOnce,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
