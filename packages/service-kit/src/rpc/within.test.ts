import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Call, callStorage } from './call.ts';
import { currentCall, deadlineOf } from './context.ts';
import { within } from './within.ts';

describe('within', () => {
	it('gives all that is called one deadline, which ends what is under way', async () => {
		const begun = Date.now();
		const reason = await within(30, async () => {
			const call = currentCall();
			expect(deadlineOf(10_000, call, Date.now())).toBeLessThanOrEqual(begun + 60);
			return new Promise((resolve) => call?.signal.addEventListener('abort', () => resolve(call.signal.reason)));
		});
		expect(reason).toMatchObject({ reason: 'DEADLINE_EXCEEDED', retryable: true });
	});

	it('answers and fails as the work does, and leaves nothing behind', async () => {
		let call: ReturnType<typeof currentCall>;
		expect(
			await within(20, async () => {
				call = currentCall();
				return 7;
			}),
		).toBe(7);
		await expect(within(20, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
		await delay(40);
		expect([call?.signal.aborted, currentCall()]).toEqual([false, undefined]);
	});

	it('ends with the call that it is a part of', async () => {
		const outer = new Call('caller', Date.now() + 50, 'trace');
		await callStorage.run(outer, () =>
			within(10_000, async () => {
				const inner = currentCall();
				expect(inner).toMatchObject({ caller: 'caller', deadline: outer.deadline, traceparent: 'trace' });
				outer.abort('gone');
				expect(inner?.signal.reason).toBe('gone');
			}),
		);
	});
});
