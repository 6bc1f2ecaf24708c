/** How one named check went. */
export interface CheckResult {
	readonly name: string;
	readonly ok: boolean;
	/** Why not, for operators. No personal data. */
	readonly reason?: string;
}

/** Whether a service can do its work now, and what stands in the way. A check that fails may leave it ready: what it does without that goes on. */
export interface HealthReport {
	readonly ready: boolean;
	readonly checks: readonly CheckResult[];
}

/** One report of several: ready when all are; each check's name is prefixed with the name of its part. */
export function combineReports(parts: Readonly<Record<string, HealthReport>>): HealthReport {
	const checks = Object.entries(parts).flatMap(([part, report]) =>
		report.checks.map((check) => ({ ...check, name: `${part}.${check.name}` })),
	);
	return { ready: Object.values(parts).every((report) => report.ready), checks };
}
