/** Environment variable: where a child is to die, `<point>` or `<point>#<n>` for the nth time that it is passed. */
export const crashVariable = 'FEFAENT_TEST_CRASH';

/** Environment variable: a file that, when it is there, holds where the child is to die; looked at each time that a crash point is passed. */
export const crashFileVariable = 'FEFAENT_TEST_CRASH_FILE';

/** Environment variable: a file to which each crash point is added, one a line, the first time that a process passes it; and anew once the file is gone. */
export const crashLogVariable = 'FEFAENT_TEST_CRASH_LOG';

/** The point at which a process is to die, and which passing of it, from 1. */
export interface CrashPlan {
	readonly point: string;
	readonly passing: number;
}

/** Reads `<point>[#<n>]`. @throws RangeError when it is not written so */
export function parseCrashPlan(text: string): CrashPlan {
	const [, point, passing = '1'] = /^([\w.-]+)(?:#([1-9]\d*))?$/.exec(text) ?? [];
	if (point === undefined) throw new RangeError(`not a crash point: ${text}`);
	return { point, passing: Number(passing) };
}
