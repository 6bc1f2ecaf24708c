import { scrub } from '../logs/redact.ts';
import type { CheckResult, HealthReport } from './report.ts';

/**
 * Looks at one thing that the service needs: resolves when it is well, rejects with an error that says why it is not.
 * @param signal aborted when the time allowed is over
 */
export type HealthCheck = (signal: AbortSignal) => Promise<unknown>;

/** The checks of a service. */
export interface Health {
	/** Adds a check of what the service needs to do its work. @throws TypeError when the name is taken */
	register(name: string, check: HealthCheck): void;
	/** Adds a check that fails only when nothing but a restart can help. @throws TypeError when the name is taken */
	registerLiveness(name: string, check: HealthCheck): void;
	/** From here on not ready: the service is going away, and should be sent no more work. */
	drain(): void;
	/** Whether the service can work now: every check, liveness included. */
	readiness(): Promise<HealthReport>;
	/** Whether the process is worth keeping. */
	liveness(): Promise<HealthReport>;
}

/** @param options.timeoutMs how long a check may take, real time in milliseconds; default 2000 */
export function createHealth(options: { readonly timeoutMs?: number } = {}): Health {
	const timeoutMs = options.timeoutMs ?? 2_000;
	const checks = new Map<string, { liveness: boolean; run: () => Promise<CheckResult> }>();
	let draining = false;

	const add = (name: string, check: HealthCheck, liveness: boolean) => {
		if (checks.has(name)) throw new TypeError(`there is already a check named ${name}`);
		checks.set(name, { liveness, run: shared(() => runCheck(name, check, timeoutMs)) });
	};
	const report = async (only: (check: { liveness: boolean }) => boolean): Promise<readonly CheckResult[]> =>
		Promise.all([...checks.values()].filter(only).map((check) => check.run()));
	const judged = (results: readonly CheckResult[]): HealthReport => ({ ready: results.every((one) => one.ok), checks: results });

	return {
		register: (name, check) => add(name, check, false),
		registerLiveness: (name, check) => add(name, check, true),
		drain: () => {
			draining = true;
		},
		readiness: async () => {
			const results = await report(() => true);
			return judged(draining ? [...results, { name: 'draining', ok: false, reason: 'the service is going away' }] : results);
		},
		liveness: async () => judged(await report((check) => check.liveness)),
	};
}

/** Lets those who ask while a check is under way share its answer: a slow dependency is not asked again and again. */
function shared<T>(run: () => Promise<T>): () => Promise<T> {
	let underWay: Promise<T> | undefined;
	return () => {
		underWay ??= run().finally(() => {
			underWay = undefined;
		});
		return underWay;
	};
}

async function runCheck(name: string, check: HealthCheck, timeoutMs: number): Promise<CheckResult> {
	const controller = new AbortController();
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => {
		late.reject(new Error(`no answer in ${timeoutMs} ms`));
		controller.abort();
	}, timeoutMs);
	try {
		await Promise.race([check(controller.signal), late.promise]);
		return { name, ok: true };
	} catch (error) {
		return { name, ok: false, reason: error instanceof Error ? scrub(error.message) : 'failed' };
	} finally {
		clearTimeout(timer);
	}
}
