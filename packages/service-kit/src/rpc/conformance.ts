/**
 * The suite that every transport passes: what callers and handlers may rely on wherever they run. Import it from a vitest file only.
 */
import { DomainError, type FailureKind, failureKinds } from '@fefaent/kernel';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { inHalves } from './batches.ts';
import { bind, type Handlers } from './binding.ts';
import { type Note, NoteServiceDefinition, note, noteDescriptorSet } from './conformance-service.ts';
import { Lines, type OpenTransport, type TransportFeatures, type TransportRequest } from './conformance-transport.ts';
import { type CallContext, detached } from './context.ts';

export type { OpenTransport, TransportFeatures, TransportRequest } from './conformance-transport.ts';

const maxMessageBytes = 100_000;
const tooLarge = new Uint8Array(maxMessageBytes + 1);

/**
 * Declares the suite for one transport.
 * @param open starts the transport for one test
 */
export function rpcConformance(
	name: string,
	open: (request: TransportRequest) => Promise<OpenTransport>,
	{ serialises = false, server }: TransportFeatures = {},
): void {
	describe(`rpc over ${name}`, () => {
		const opened: OpenTransport[] = [];
		afterEach(async () => {
			for (const one of opened.splice(0).reverse()) await one.close();
		});

		async function serve(handlers: Partial<Handlers<NoteServiceDefinition>>, ready = () => true) {
			const logger = new Lines();
			const echo = async (request: Note) => request;
			const binding = bind(NoteServiceDefinition, { echo, act: echo, relay: echo, ...handlers }, { logger });
			const transport = await open({ binding, ready, descriptorSet: noteDescriptorSet(), maxMessageBytes, logger });
			opened.push(transport);
			return { transport, client: transport.client('tester'), logger };
		}

		it('carries every field there and back', async () => {
			const { client } = await serve({
				act: async ({ text, count, bytes }) => ({ text: `${text}!`, count: count + 1, bytes: bytes.slice(1) }),
			});
			const sent = { text: 'çà i là ✓', count: 2 ** 53 - 2, bytes: Uint8Array.of(0, 1, 255) };
			const received = await client.act(sent);
			expect({ ...received, bytes: [...received.bytes] }).toEqual({ text: 'çà i là ✓!', count: 2 ** 53 - 1, bytes: [1, 255] });
		});

		it('tells the handler who calls and until when', async () => {
			let seen: CallContext | undefined;
			const { client } = await serve({
				act: async (request, context) => {
					seen = context;
					return request;
				},
			});
			const before = Date.now();
			await client.act(note({}), { deadlineMs: 5_000 });
			expect(seen?.caller).toBe('tester');
			expect(seen?.deadline).toBeGreaterThan(before + 4_000);
			expect(seen?.deadline).toBeLessThanOrEqual(Date.now() + 5_000);
			expect(seen?.signal.aborted).toBe(false);
		});

		it('gives calls without a deadline one', async () => {
			const { client } = await serve({ act: async (_, { deadline }) => note({ count: deadline - Date.now() }) });
			const { count } = await client.act(note({}));
			expect(count).toBeGreaterThan(1_000);
			expect(count).toBeLessThanOrEqual(10_000);
		});

		it.each(Object.keys(failureKinds) as FailureKind[])(
			'carries a domain error of kind %s with reason, message and details',
			async (kind) => {
				const { client, logger } = await serve({
					act: async () => {
						throw new DomainError('NOTE_TORN', kind, 'la nota «7» és esquinçada', { id: '7', why: 'ús' });
					},
				});
				const error = await client.act(note({})).catch((caught: unknown) => caught);
				expect(error).toBeInstanceOf(DomainError);
				expect(error).toMatchObject({ reason: 'NOTE_TORN', kind, message: 'la nota «7» és esquinçada', details: { id: '7', why: 'ús' } });
				expect(logger.written).toEqual([]);
			},
		);

		it('keeps the cause of a domain error to itself', async () => {
			const { client } = await serve({
				act: async () => {
					throw new DomainError('NOTE_TORN', 'conflict', 'torn', {}, { cause: new Error('SELECT secret') });
				},
			});
			await expect(client.act(note({}))).rejects.toSatisfy(
				(error: unknown) => error instanceof DomainError && error.reason === 'NOTE_TORN' && error.cause === undefined,
			);
		});

		it.each([
			['an error', () => Promise.reject(new TypeError('secret of the database'))],
			['an error thrown before any promise', () => throwing(new Error('secret of the database'))],
			['something that is no error', () => Promise.reject('secret of the database')],
		])('answers INTERNAL to %s, and logs it', async (_, act: () => Promise<Note>) => {
			const { client, logger } = await serve({ act });
			const error = await client.act(note({})).catch((caught: unknown) => caught);
			expect(error).toMatchObject({
				name: 'DomainError',
				reason: 'INTERNAL',
				kind: 'internal',
				message: 'internal error in NoteService/Act',
			});
			expect(`${JSON.stringify(error)} ${String(error)} ${error instanceof Error ? String(error.cause) : ''}`).not.toContain('secret');
			expect(logger.written).toMatchObject([
				{ fields: { method: 'NoteService/Act', caller: 'tester' }, message: 'a call failed unexpectedly' },
			]);
			expect(logger.written[0]?.fields.err).toBeInstanceOf(Error);
		});

		it('ends a call at its deadline, on both sides', async () => {
			const aborted = Promise.withResolvers<void>();
			const { client } = await serve({ act: (_, { signal }) => untilAborted(signal, aborted.resolve) });
			const error = await client.act(note({}), { deadlineMs: 60 }).catch((caught: unknown) => caught);
			expect(error).toMatchObject({ reason: 'DEADLINE_EXCEEDED', kind: 'timedOut', retryable: true });
			await aborted.promise;
		});

		it('ends a call that its caller gives up, on both sides', async () => {
			const begun = Promise.withResolvers<void>();
			const aborted = Promise.withResolvers<void>();
			const { client } = await serve({
				act: (_, { signal }) => {
					begun.resolve();
					return untilAborted(signal, aborted.resolve);
				},
			});
			const controller = new AbortController();
			const call = client.act(note({}), { signal: controller.signal });
			await begun.promise;
			const reason = new Error('no longer wanted');
			controller.abort(reason);
			await expect(call).rejects.toBe(reason);
			await aborted.promise;
		});

		it('does not begin a call that was given up before', async () => {
			let calls = 0;
			const { client } = await serve({
				act: async (request) => {
					calls++;
					return request;
				},
			});
			const reason = new Error('no longer wanted');
			await expect(client.act(note({}), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
			await client.echo(note({}));
			expect(calls).toBe(0);
		});

		it('leaves a nested call less time than its own', async () => {
			const inner = await serve({ act: async (_, { deadline }) => note({ count: deadline }) });
			const outer = await serve({
				relay: async (request, { deadline }) => note({ count: deadline - (await inner.client.act(request, { deadlineMs: 60_000 })).count }),
			});
			const { count: marginMs } = await outer.client.relay(note({}), { deadlineMs: 1_000 });
			expect(marginMs).toBeGreaterThanOrEqual(30);
			expect(marginMs).toBeLessThan(200);
		});

		it('gives up nested calls with the call that made them', async () => {
			const begun = Promise.withResolvers<void>();
			const aborted = Promise.withResolvers<void>();
			const inner = await serve({
				act: (_, { signal }) => {
					begun.resolve();
					return untilAborted(signal, aborted.resolve);
				},
			});
			const outer = await serve({ relay: (request) => inner.client.act(request) });
			const controller = new AbortController();
			const call = outer.client.relay(note({}), { signal: controller.signal });
			await begun.promise;
			controller.abort();
			await expect(call).rejects.toMatchObject({ name: 'AbortError' });
			await aborted.promise;
		});

		it('lets detached work outlive the call that began it', async () => {
			const inner = await serve({ act: async (_, { deadline }) => note({ count: deadline - Date.now() }) });
			let work: Promise<Note> | undefined;
			const outer = await serve({
				relay: async (request) => {
					work = detached(() => inner.client.act(request, { deadlineMs: 30_000 }));
					return request;
				},
			});
			await outer.client.relay(note({}), { deadlineMs: 500 });
			expect((await work)?.count).toBeGreaterThan(20_000);
		});

		it('keeps concurrent calls apart', async () => {
			const { client } = await serve({
				act: async (request, { deadline }) => {
					await new Promise((resolve) => setImmediate(resolve));
					return note({ text: request.text, count: deadline - Date.now() });
				},
			});
			const numbers = Array.from({ length: 200 }, (_, index) => index);
			const answers = await Promise.all(numbers.map((n) => client.act(note({ text: String(n) }), { deadlineMs: 20_000 + n * 1_000 })));
			for (const n of numbers) {
				expect(answers[n]?.text).toBe(String(n));
				expect(Math.abs((answers[n]?.count ?? 0) - (20_000 + n * 1_000))).toBeLessThan(5_000);
			}
		});

		it('carries what is as large as a message may be', async () => {
			const { client } = await serve({});
			// Tags, the number and the lengths take eight bytes.
			const largest = maxMessageBytes - 8;
			expect((await client.echo(note({ bytes: new Uint8Array(largest) }))).bytes.byteLength).toBe(largest);
			const above = client.echo(note({ bytes: new Uint8Array(largest + 1) }));
			if (serialises) await expect(above).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
			else await above;
		});

		it('answers a batch that is too large in parts, in order', async () => {
			let calls = 0;
			// Asks for answers of so many kilobytes together: too many for one message, and the last item's for any.
			const { client } = await serve({
				act: async ({ bytes }) => {
					calls++;
					return note({ text: bytes.join(), bytes: new Uint8Array(bytes.reduce((sum, size) => sum + size * 1_000, 0)) });
				},
			});
			const sizes = [30, 10, 60, 50, 0, 20, 45, 120];
			const results = await inHalves(sizes, async (some) => {
				const { text } = await client.act(note({ bytes: Uint8Array.from(some) }));
				return text.split(',');
			});
			const answered = results.map((result) => (result instanceof DomainError ? result.reason : Number(result)));
			expect(answered).toEqual(serialises ? [30, 10, 60, 50, 0, 20, 45, 'MESSAGE_TOO_LARGE'] : sizes);
			expect(calls).toBe(serialises ? 11 : 1);
		});

		it('asks in parts only where a message is too large', async () => {
			let calls = 0;
			const { client } = await serve({
				act: async () => {
					calls++;
					throw new DomainError('NOTE_TORN', 'invalid', 'torn');
				},
			});
			await expect(inHalves([1, 2, 3], async () => [await client.act(note({}))])).rejects.toMatchObject({ reason: 'NOTE_TORN' });
			expect(calls).toBe(1);
		});

		if (serialises) {
			it('copies messages', async () => {
				let kept: Note | undefined;
				const { client } = await serve({
					act: async (request) => {
						kept = request;
						return request;
					},
				});
				const sent = note({ text: 'as sent', bytes: Uint8Array.of(1) });
				const received = await client.act(sent);
				sent.bytes[0] = 9;
				received.text = 'changed';
				expect(kept).toMatchObject({ text: 'as sent', bytes: Uint8Array.of(1) });
			});

			it('refuses a request that is too large, before the handler sees it', async () => {
				let calls = 0;
				const { client } = await serve({
					act: async (request) => {
						calls++;
						return request;
					},
				});
				await expect(client.act(note({ bytes: tooLarge }))).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE', kind: 'invalid' });
				expect(calls).toBe(0);
				await expect(client.echo(note({ text: 'still there' }))).resolves.toMatchObject({ text: 'still there' });
			});

			it('refuses an answer that is too large', async () => {
				const { client } = await serve({ act: async () => note({ bytes: tooLarge }) });
				await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE', kind: 'invalid' });
			});

			it('answers INTERNAL to an answer that cannot be written', async () => {
				const { client, logger } = await serve({ act: async () => ({ ...note({}), count: Number.NaN }) });
				await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'INTERNAL' });
				expect(logger.written).toHaveLength(1);
			});
		}

		if (server !== undefined) {
			it('tells the health of each service as readiness does', async () => {
				let ready = true;
				const { transport } = await serve({}, () => ready);
				for (const service of ['', NoteServiceDefinition.fullName]) expect(await server.health(transport, service)).toBe('SERVING');
				ready = false;
				await expect.poll(() => server.health(transport, NoteServiceDefinition.fullName), { timeout: 5_000 }).toBe('NOT_SERVING');
			});

			it('starts as not serving while not ready', async () => {
				const { transport } = await serve({}, () => false);
				expect(await server.health(transport, '')).toBe('NOT_SERVING');
			});

			it('lists its services by reflection', async () => {
				const { transport } = await serve({});
				expect(await server.reflected(transport)).toEqual([NoteServiceDefinition.fullName]);
			});

			it('finishes a running call before it stops, and takes no other', async () => {
				const begun = Promise.withResolvers<void>();
				const release = Promise.withResolvers<void>();
				onTestFinished(() => release.resolve());
				const { transport, client } = await serve({
					act: async (request) => {
						begun.resolve();
						await release.promise;
						return request;
					},
				});
				const running = client.act(note({ text: 'slow' }));
				await begun.promise;
				let drained = false;
				const drain = server.drain(transport).then(() => {
					drained = true;
				});
				await expect(client.echo(note({}), { deadlineMs: 2_000 })).rejects.toMatchObject({ reason: 'UNAVAILABLE', kind: 'unavailable' });
				expect(drained).toBe(false);
				release.resolve();
				await expect(running).resolves.toMatchObject({ text: 'slow' });
				await drain;
			});
		}
	});
}

function throwing(error: Error): never {
	throw error;
}

/** A handler that works until nobody waits for it any more. */
function untilAborted(signal: AbortSignal, aborted: () => void): Promise<Note> {
	return new Promise((_, reject) => {
		const end = () => {
			aborted();
			reject(signal.reason);
		};
		if (signal.aborted) end();
		else signal.addEventListener('abort', end, { once: true });
	});
}
