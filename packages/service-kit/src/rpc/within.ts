import { Call, callStorage } from './call.ts';
import { failCall } from './errors.ts';

/**
 * Runs work that has one deadline for all that it calls: calls made meanwhile end a margin before it, and are given up when it is reached.
 * @param ms from now, real time in milliseconds
 */
export async function within<T>(ms: number, run: () => Promise<T>): Promise<T> {
	const outer = callStorage.getStore();
	const deadline = Math.min(Date.now() + ms, outer?.deadline ?? Infinity);
	const call = new Call(outer?.caller ?? '', deadline, outer?.traceparent);
	const unlisten = outer?.onAbort((reason) => call.abort(reason));
	const timer = setTimeout(() => call.abort(failCall('DEADLINE_EXCEEDED', { method: '' })), ms);
	try {
		return await callStorage.run(call, run);
	} finally {
		clearTimeout(timer);
		unlisten?.();
	}
}
