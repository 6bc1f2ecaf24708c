import { DomainError, type FailureKind, failureKinds } from '@fefaent/kernel';
import { expect, it } from 'vitest';
import type { CallContext } from '../context.ts';
import type { Serve } from './kit.ts';
import { type Note, note } from './service.ts';

/** What a call carries, and what its failures become. */
export function callCases(serve: Serve): void {
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
}

function throwing(error: Error): never {
	throw error;
}
