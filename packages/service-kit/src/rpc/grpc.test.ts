import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusalOf } from '../lifecycle/refusal.ts';
import { silentLogger } from '../logs/logger.ts';
import { bind, type Handlers } from './binding.ts';
import { type Note, NoteServiceDefinition, note } from './conformance/service.ts';
import { type GrpcClientOptions, type GrpcServer, grpcClient, serveGrpc } from './grpc.ts';
import { idempotentMethodsOf, serviceConfig } from './service-config.ts';

const echo = async (request: Note) => request;

async function serve(handlers: Partial<Handlers<NoteServiceDefinition>> = {}, port = 0): Promise<GrpcServer> {
	const server = await serveGrpc([bind(NoteServiceDefinition, { echo, act: echo, relay: echo, ...handlers })], {
		host: '127.0.0.1',
		port,
		logger: silentLogger,
		health: { readiness: async () => ({ ready: true, checks: [] }) },
	});
	onTestFinished(() => server.stop());
	return server;
}

function connect(port: number, options: Partial<GrpcClientOptions<NoteServiceDefinition>> = {}) {
	const client = grpcClient(NoteServiceDefinition, { address: `127.0.0.1:${port}`, caller: 'tester', ...options });
	onTestFinished(() => client.close());
	return client;
}

describe('retries', () => {
	const failing = (times: number) => {
		let calls = 0;
		const act = async (request: Note) => {
			calls++;
			if (calls <= times) throw new DomainError('STORE_BUSY', 'unavailable', 'later');
			return request;
		};
		return { act, calls: () => calls };
	};

	it('repeats an idempotent method while the service is unavailable', async () => {
		const service = failing(2);
		const { port } = await serve(service);
		await connect(port, { idempotentMethods: ['act'] }).act(note({}));
		expect(service.calls()).toBe(3);
	});

	it('repeats large calls like small ones, several at once', async () => {
		const service = failing(2);
		const { port } = await serve(service);
		const client = connect(port, { idempotentMethods: ['act'] });
		const bytes = new Uint8Array(12_000_000);
		await Promise.all([1, 2, 3].map(() => client.act(note({ bytes }))));
		expect(service.calls()).toBe(5);
	});

	it("gives up after four attempts, with the service's own reason", async () => {
		const service = failing(10);
		const { port } = await serve(service);
		await expect(connect(port, { idempotentMethods: ['act'] }).act(note({}))).rejects.toMatchObject({ reason: 'STORE_BUSY' });
		expect(service.calls()).toBe(4);
	});

	it('repeats no other method', async () => {
		const service = failing(1);
		const { port } = await serve(service);
		await expect(connect(port, { idempotentMethods: ['echo'] }).act(note({}))).rejects.toMatchObject({ reason: 'STORE_BUSY' });
		expect(service.calls()).toBe(1);
	});

	it('never repeats INTERNAL', async () => {
		let calls = 0;
		const { port } = await serve({
			act: async () => {
				calls++;
				throw new DomainError('BROKEN', 'internal', 'broken');
			},
		});
		await expect(connect(port, { idempotentMethods: ['act'] }).act(note({}))).rejects.toMatchObject({ reason: 'BROKEN' });
		expect(calls).toBe(1);
	});

	it('repeats what the contract marks, where nothing else is said', () => {
		expect(idempotentMethodsOf(NoteServiceDefinition)).toEqual([]);
		expect(idempotentMethodsOf(NotificationServiceDefinition)).toEqual(expect.arrayContaining(['create', 'get', 'claim', 'complete']));
		// Who retries what failed is told how many were retried: a second answer would be another.
		expect(idempotentMethodsOf(LifecycleServiceDefinition)).toEqual(['practise', 'cancel', 'view', 'listTimers']);
	});

	it('refuses a method that the service does not have', () => {
		expect(() => serviceConfig(NoteServiceDefinition, ['vanish'])).toThrow(TypeError);
	});
});

describe('reachability', () => {
	it('is UNAVAILABLE where nobody listens', async () => {
		const probe = createServer().listen(0, '127.0.0.1');
		await once(probe, 'listening');
		const address = probe.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		probe.close();
		await once(probe, 'close');
		await expect(connect(port).echo(note({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE', kind: 'unavailable', retryable: true });
	});

	it('finds a service that came back on the same address', async () => {
		const first = await serve();
		const client = connect(first.port);
		await client.echo(note({}));
		await first.stop();
		await serve({}, first.port);
		const answer = () =>
			client.echo(note({ text: 'again' })).then(
				({ text }) => text,
				() => 'not yet',
			);
		await expect.poll(answer, { timeout: 10_000 }).toBe('again');
	});

	it('fails calls of a closed client, opened before or not', async () => {
		const { port } = await serve();
		for (const calls of [0, 1]) {
			const client = connect(port);
			for (let call = 0; call < calls; call++) await client.echo(note({}));
			client.close();
			await expect(client.echo(note({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
		}
	});

	it('tells when its port is taken, so that who starts the process is told in plain words', async () => {
		const { port } = await serve();
		const error: unknown = await serve({}, port).then(
			() => undefined,
			(reason) => reason,
		);
		expect(refusalOf(error)).toBe(`port ${port} of 127.0.0.1 cannot be opened: it is taken`);
	});
});

describe('calls of others', () => {
	const raw = (port: number) => {
		const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
		onTestFinished(() => client.close());
		return (path: string, bytes: Uint8Array) =>
			new Promise<{ code: number; details: string }>((resolve) => {
				const same = (message: Buffer) => message;
				client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error) =>
					resolve({ code: error?.code ?? 0, details: error?.details ?? '' }),
				);
			});
	};

	it('are answered without a deadline, a caller or a trace of their own', async () => {
		let seen: { caller: string; deadline: number } | undefined;
		const { port } = await serve({
			act: async (request, context) => {
				seen = context;
				return request;
			},
		});
		expect(await raw(port)('/fefaent.conformance.v1.NoteService/Act', new Uint8Array())).toEqual({ code: 0, details: '' });
		expect(seen?.caller).toBe('unnamed');
		expect(seen?.deadline).toBeLessThan(Date.now() + 60_000);
	});

	it('get INTERNAL for bytes that are no message, and not why', async () => {
		const { port } = await serve();
		const broken = new BinaryWriter().uint32(10).uint32(4_000).finish();
		expect(await raw(port)('/fefaent.conformance.v1.NoteService/Act', broken)).toEqual({
			code: 13,
			details: 'internal error in NoteService/Act',
		});
	});

	it('get UNIMPLEMENTED for a method that is not there', async () => {
		const { port } = await serve();
		expect((await raw(port)('/fefaent.conformance.v1.NoteService/Vanish', new Uint8Array())).code).toBe(12);
	});
});

describe('stop', () => {
	it('does not wait for those who only watch', async () => {
		const server = await serve();
		const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
		onTestFinished(() => client.close());
		const watch = client.makeServerStreamRequest(
			'/grpc.health.v1.Health/Watch',
			() => Buffer.alloc(0),
			(bytes: Buffer) => bytes[1],
			'',
		);
		watch.on('error', () => {});
		const states: unknown[] = [];
		watch.on('data', (state) => states.push(state));
		await expect.poll(() => states).toEqual([1]);
		await Promise.all([server.stop(), server.stop()]);
		expect(states).toEqual([1, 2]);
	});

	it('answers a call whose message was still on its way, however long it takes', async () => {
		const begun = Promise.withResolvers<void>();
		const server = await serve({
			act: async (request) => {
				begun.resolve();
				// Longer than those who only watch are waited for.
				await delay(700);
				return request;
			},
		});
		const session = connectHttp2(`http://127.0.0.1:${server.port}`);
		onTestFinished(() => session.destroy());
		const path = '/fefaent.conformance.v1.NoteService/Act';
		const call = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' });
		const trailers = once(call, 'trailers');
		call.resume();
		// The head of an empty message: not compressed, no bytes. Its last byte comes later.
		call.write(Buffer.alloc(4));
		await once(call, 'ready');
		// Answered after what went before it was read.
		await new Promise((resolve) => session.ping(resolve));
		const farewell = once(session, 'goaway');
		const stopped = server.stop();
		await farewell;
		call.end(Buffer.alloc(1));
		await begun.promise;
		const [{ 'grpc-status': status }] = await trailers;
		expect(status).toBe('0');
		session.close();
		await stopped;
	});
});
