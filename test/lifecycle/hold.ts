import { armCrashpoints } from '@fefaent/kernel';

/** Holds the first that passes a point until it is let go; the others pass. */
export function hold(point: string): { readonly reached: Promise<void>; release(): void } {
	const reached = Promise.withResolvers<void>();
	const released = Promise.withResolvers<void>();
	let held = false;
	armCrashpoints((name) => {
		if (name !== point || held) return;
		held = true;
		reached.resolve();
		return released.promise;
	});
	return { reached: reached.promise, release: released.resolve };
}

/** From here on everything that passes the point fails there, as a process that died would leave it. Tells when it did. */
export function failAt(point: string): { readonly reached: Promise<void> } {
	const reached = Promise.withResolvers<void>();
	armCrashpoints((name) => {
		if (name !== point) return;
		reached.resolve();
		throw new Error(`failed at ${point}`);
	});
	return { reached: reached.promise };
}
