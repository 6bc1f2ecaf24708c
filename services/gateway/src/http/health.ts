import type { HealthReport } from '@fefaent/service-kit';
import type { Answer } from './exchange.ts';

/** Answers the health paths: `/health/live` while the process runs, `/health/ready` when it can do its work. */
export function healthAnswers(readiness: () => Promise<HealthReport>): (path: string) => Promise<Answer> | undefined {
	return (path) => {
		if (path === '/health/live') return Promise.resolve(json(200, { live: true }));
		if (path === '/health/ready') return ready(readiness);
		return undefined;
	};
}

async function ready(readiness: () => Promise<HealthReport>): Promise<Answer> {
	const report = await readiness();
	// Reasons are for operators: the public learns only which check fails.
	return json(report.ready ? 200 : 503, { ready: report.ready, checks: report.checks.map(({ name, ok }) => ({ name, ok })) });
}

function json(status: number, value: unknown): Answer {
	return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value), headers: { 'Cache-Control': 'no-store' } };
}
