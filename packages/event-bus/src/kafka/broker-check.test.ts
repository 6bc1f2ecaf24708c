import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkBrokers, lacks } from './broker-check.ts';

/** What Kafka 4.1 takes of what is needed, by key. */
const kafka41: readonly (readonly [number, number, number])[] = [
	[0, 0, 13],
	[1, 4, 18],
	[2, 1, 11],
	[3, 0, 13],
	[8, 2, 10],
	[9, 1, 10],
	[10, 0, 6],
	[11, 2, 9],
	[12, 0, 4],
	[13, 0, 5],
	[14, 0, 5],
	[19, 2, 7],
	[22, 0, 6],
	[32, 1, 4],
];
const changed = (key: number, from: number, to: number) => kafka41.map((one) => (one[0] === key ? ([key, from, to] as const) : one));
const ranges = (list: typeof kafka41) => new Map(list.map(([key, from, to]) => [key, [from, to] as const]));

test.each<[string, typeof kafka41, readonly string[]]>([
	['4.1', kafka41, []],
	['as old as can be', changed(0, 0, 7), []],
	['too old', changed(0, 0, 6), ['is too old: it takes Produce requests up to version 6, 7 is needed (Kafka 2.1)']],
	['of some day', changed(1, 12, 20), ['is too new: it takes Fetch requests from version 12 on, 11 is spoken']],
	['without producer ids', kafka41.filter(([key]) => key !== 22), ['takes no InitProducerId requests']],
])('a broker that is %s', (_, takes, expected) => {
	expect(lacks(ranges(takes))).toEqual(expected);
});

describe('asking', () => {
	/** Listens as a broker would. @returns its address */
	async function broker(onRequest: (socket: Socket, request: Buffer) => void): Promise<{ address: string } & AsyncDisposable> {
		const server = createServer((socket) => socket.on('error', () => {}).once('data', (request) => onRequest(socket, request as Buffer)));
		await once(server.listen(0, '127.0.0.1'), 'listening');
		const { port } = server.address() as { port: number };
		return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
	}
	const answer = (request: Buffer, list: typeof kafka41): Buffer => {
		const body = Buffer.alloc(10 + 6 * list.length);
		request.copy(body, 0, 8, 12);
		body.writeInt32BE(list.length, 6);
		list.flat().forEach((value, index) => {
			body.writeInt16BE(value, 10 + 2 * index);
		});
		const length = Buffer.alloc(4);
		length.writeInt32BE(body.length);
		return Buffer.concat([length, body]);
	};
	const check = (...brokers: readonly string[]) => checkBrokers({ brokers, clientId: 'me', connectTimeoutMs: 2_000 });

	test('asks for versions, in the name of the client, and takes an answer in pieces', async () => {
		const asked: Buffer[] = [];
		await using kafka = await broker((socket, request) => {
			asked.push(request);
			for (const byte of answer(request, kafka41)) socket.write(Buffer.of(byte));
		});
		await check(kafka.address);
		expect(asked.map((one) => one.toString('hex'))).toEqual([`0000000c00120000${'00000000'}0002${Buffer.from('me').toString('hex')}`]);
	});

	test('names the broker that is too old, also beside one that is not and one that is away', async () => {
		await using fit = await broker((socket, request) => socket.write(answer(request, kafka41)));
		await using old = await broker((socket, request) => socket.write(answer(request, changed(0, 0, 5))));
		await check(fit.address, '127.0.0.1:1');
		await expect(check('127.0.0.1:1', fit.address, old.address)).rejects.toMatchObject({
			reason: 'BUS_UNFIT',
			retryable: false,
			message: expect.stringContaining(`the broker at ${old.address} is too old`),
		});
	});

	test.each<[string, (socket: Socket) => void, object]>([
		['closes', (socket) => socket.end(), { message: expect.stringContaining('closed the connection') }],
		['says nothing', () => {}, { message: expect.stringContaining('does not answer') }],
		['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), { reason: 'BUS_UNFIT', retryable: false }],
		['answers nothing', (socket) => socket.write(Buffer.alloc(4)), { reason: 'BUS_UNFIT', retryable: false }],
		['counts more than it tells', (socket) => socket.write(Buffer.from('0000000a00000000000000000fff', 'hex')), { reason: 'BUS_UNFIT' }],
	])('one that %s is told apart', async (_, onRequest, expected) => {
		await using other = await broker(onRequest);
		await expect(check(other.address)).rejects.toMatchObject(expected);
	});
});
