import { Pool } from 'undici';

/** What a load run measured. */
export interface LoadResult {
	readonly requests: number;
	readonly seconds: number;
	readonly perSecond: number;
	/** Milliseconds. */
	readonly p50: number;
	readonly p99: number;
}

/** How much, and how hard. */
export interface LoadOptions {
	readonly url: string;
	readonly path: string;
	/** Makes the body of request number n. */
	readonly body: (n: number) => string | Buffer;
	readonly requests: number;
	/** Requests in flight at once. */
	readonly inFlight: number;
	/** Throws when the answer is not the wanted one. */
	readonly check: (status: number, body: string, n: number) => void;
}

/** Sends so many requests with so many in flight and measures each. */
export async function load({ url, path, body, requests, inFlight, check }: LoadOptions): Promise<LoadResult> {
	const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
	const latencies = new Float64Array(requests);
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < requests) {
			const n = next++;
			const from = performance.now();
			const answer = await pool.request({
				path,
				method: 'POST',
				headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
				body: body(n),
			});
			const text = await answer.body.text();
			latencies[n] = performance.now() - from;
			check(answer.statusCode, text, n);
		}
	};
	const from = performance.now();
	await Promise.all(Array.from({ length: inFlight }, worker));
	const seconds = (performance.now() - from) / 1_000;
	await pool.close();
	latencies.sort();
	return {
		requests,
		seconds,
		perSecond: requests / seconds,
		p50: latencies[Math.floor(requests * 0.5)] ?? 0,
		p99: latencies[Math.floor(requests * 0.99)] ?? 0,
	};
}
