import { Agent, request } from 'node:http';
import { envelope } from './requests.ts';

/** An HTTP answer, whole. */
export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: string;
}

/** A caller of the SOAP face over kept-alive connections: Node's own client, so that nothing of the product checks itself. */
export interface SoapCaller {
	/** Sends a request in an envelope. Rejects when the connection breaks before the whole answer came. */
	call(body: string): Promise<Answer>;
	/** Sends bytes as they are. */
	send(bytes: Uint8Array | string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
	close(): void;
}

/** @param baseUrl the public address; @param connections most connections at once */
export function soapCaller(
	baseUrl: string,
	options: { readonly connections?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): SoapCaller {
	const agent = new Agent({ keepAlive: true, maxSockets: options.connections ?? 16 });
	const url = new URL('/soap/enotum-lite', baseUrl);
	const send = (bytes: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
		new Promise((resolve, reject) => {
			const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
			const req = request(
				url,
				{
					method: 'POST',
					agent,
					timeout: 60_000,
					headers: {
						'content-type': 'text/xml; charset=utf-8',
						'content-length': body.length,
						soapaction: '""',
						...options.headers,
						...headers,
					},
				},
				(res) => {
					const chunks: Buffer[] = [];
					res.on('data', (chunk: Buffer) => chunks.push(chunk));
					res.on('error', reject);
					res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString('utf8') }));
				},
			);
			req.on('timeout', () => req.destroy(new Error('no answer within a minute')));
			req.on('error', reject);
			req.end(body);
		});
	return { call: (body) => send(envelope(body)), send, close: () => agent.destroy() };
}

/** Every text of an element in an answer, in order; enough for answers whose shape the schema has checked. */
export function texts(answer: string, element: string): string[] {
	return [...answer.matchAll(new RegExp(`<(?:\\w+:)?${element}(?:\\s[^>]*)?>([^<]*)</`, 'g'))].map((match) => match[1] as string);
}

/** The ids of a create answer, in order; NaN where an item failed. */
export function createdIds(answer: string): number[] {
	return [...answer.matchAll(/<(?:\w+:)?ResultatCrearNotificacio>(.*?)<\/(?:\w+:)?ResultatCrearNotificacio>/gs)].map((match) =>
		Number(texts(match[1] as string, 'IdNotificacio')[0] ?? Number.NaN),
	);
}
