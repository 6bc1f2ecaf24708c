const units = [
	['d', 86_400_000],
	['h', 3_600_000],
	['m', 60_000],
	['s', 1_000],
	['ms', 1],
] as const;
const unitMs: ReadonlyMap<string, number> = new Map(units);

/**
 * Reads a length of time: a number with its unit (`500ms`, `1.5s`, `5m`, `2h`, `1d`), several of them (`1h30m`), an ISO 8601 duration of
 * days or less (`PT10S`), or `0`. A bare number has no unit and is refused.
 * @returns whole milliseconds, or undefined when it is none of these
 */
export function parseDuration(text: string): number | undefined {
	if (text === '0') return 0;
	if (/^P/i.test(text)) return parseIso(text);
	if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
	let ms = 0;
	for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
		ms += Number(amount) * (unitMs.get(unit ?? '') ?? Number.NaN);
	return Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : undefined;
}

function parseIso(text: string): number | undefined {
	try {
		const ms = Temporal.Duration.from(text).total('milliseconds');
		return Number.isSafeInteger(Math.round(ms)) ? Math.round(ms) : undefined;
	} catch {
		// Not a duration, or one of months or years, whose length depends on the calendar.
		return undefined;
	}
}

/** Milliseconds in the largest unit that needs no fraction: 90000 is `90s`, 600000 is `10m`. */
export function formatDuration(ms: number): string {
	if (ms === 0) return '0';
	const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1];
	return `${ms / size}${unit}`;
}
