/** Called at every armed or unarmed point with its name; may end the process, throw, or hold the caller until a promise settles. */
export type CrashpointHook = (name: string) => void | Promise<void>;

let hook: CrashpointHook | undefined;
const announced = new Set<string>();

/** Arms the crash points: for tests, and for a child process that a test told to die at one of them. */
export function armCrashpoints(next: CrashpointHook | undefined): void {
	hook = next;
}

/** The points that product code has passed or declared so far in this process. */
export function announcedCrashpoints(): readonly string[] {
	return [...announced].sort();
}

/**
 * Names a write or I/O boundary, so that a test can kill the process there, or force a race there: `await crashpoint('notification.created.stored')`.
 * Costs a set look-up and no await of its own when nothing is armed.
 */
export function crashpoint(name: string): void | Promise<void> {
	announced.add(name);
	return hook?.(name);
}
