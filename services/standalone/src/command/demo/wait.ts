import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailure } from '../failure.ts';

/**
 * Asks again and again until there is an answer.
 * @param what completes "waited N s for ..."
 * @param why asked when the wait was in vain: what stands in the way
 * @throws CommandFailure after `seconds`
 */
export async function waitFor<T>(
	what: string,
	seconds: number,
	look: () => Promise<T | undefined>,
	why: () => Promise<string | undefined> = async () => undefined,
): Promise<T> {
	const deadline = performance.now() + seconds * 1000;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (performance.now() > deadline) {
			const reason = await why();
			throw new CommandFailure(`waited ${seconds} s for ${what} in vain${reason === undefined ? '' : `: ${reason}`}`);
		}
		await delay(50);
	}
}
