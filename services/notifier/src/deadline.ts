/**
 * Runs work that is to be over within so many milliseconds of real time: its signal is aborted then, or when the one around it is.
 * @param around the signal of a deadline that this one is a part of
 */
export async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>, around?: AbortSignal): Promise<T> {
	// Not AbortSignal.timeout: its timer lasts as long as the deadline even when the work is over at once, as nearly all is.
	const ending = new AbortController();
	const end = (): void => ending.abort(new DOMException('the deadline has passed', 'TimeoutError'));
	const timer = setTimeout(end, Math.max(0, ms));
	around?.addEventListener('abort', end, { once: true });
	if (ms <= 0 || around?.aborted === true) end();
	try {
		return await work(ending.signal);
	} finally {
		clearTimeout(timer);
		around?.removeEventListener('abort', end);
	}
}

/** Waits for work that heeds no signal, no longer than until one is aborted. @throws the signal's reason */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise<T>((resolve, reject) => {
		const abort = (): void => reject(signal.reason);
		if (signal.aborted) abort();
		signal.addEventListener('abort', abort, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
	});
}
