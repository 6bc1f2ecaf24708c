import { expect, it } from 'vitest';
import { detached } from '../context.ts';
import type { Serve } from './kit.ts';
import { type Note, note } from './service.ts';

/** Deadlines, and calls that are given up. */
export function timeCases(serve: Serve): void {
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
