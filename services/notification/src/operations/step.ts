import { crashpoint } from '@fefaent/kernel';

/** The operations that write; each has the points `notification.<step>.before-store` and `notification.<step>.after-store`. */
export type Step = 'create' | 'claim' | 'complete' | 'remind' | 'export' | 'purge';

/** Writes, between the two points at which a test may stop the process or hold the caller. */
export async function storing<T>(step: Step, write: () => Promise<T>): Promise<T> {
	const before = crashpoint(`notification.${step}.before-store`);
	if (before) await before;
	const result = await write();
	const after = crashpoint(`notification.${step}.after-store`);
	if (after) await after;
	return result;
}
