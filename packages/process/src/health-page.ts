import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthReport } from '@fefaent/service-kit';

/** What the page tells. */
export interface HealthPageOptions {
	readonly host: string;
	/** 0 for a free one. */
	readonly port: number;
	readonly readiness: () => Promise<HealthReport>;
}

/** A page under way. */
export interface HealthPage {
	readonly port: number;
	close(): Promise<void>;
}

/** Serves `/health/live` (the process answers) and `/health/ready` (it can work: 200; else 503, and why) for probes. */
export async function openHealthPage({ host, port, readiness }: HealthPageOptions): Promise<HealthPage> {
	const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 4_096 }, async (request, response) => {
		const answer = (status: number, body: object) => {
			response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
			response.end(JSON.stringify(body));
		};
		if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'only GET' });
		switch (request.url) {
			case '/health/live':
				return answer(200, { live: true });
			case '/health/ready': {
				const report = await readiness().catch((): HealthReport => ({ ready: false, checks: [] }));
				return answer(report.ready ? 200 : 503, report);
			}
			default:
				return answer(404, { error: 'there is /health/live and /health/ready' });
		}
	});
	server.maxConnections = 64;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => resolve());
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
