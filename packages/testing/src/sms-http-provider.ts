import { type HttpAnswer, type HttpRecorder, type HttpRecorderOptions, type ReceivedRequest, startHttpRecorder } from './http-recorder.ts';

/** How the provider behaves; a `respond` that answers undefined leaves that request to the provider. */
export interface SmsHttpProviderOptions extends Omit<HttpRecorderOptions, 'respond'> {
	readonly respond?: (request: ReceivedRequest) => HttpAnswer | undefined | Promise<HttpAnswer | undefined>;
	/** The bearer token asked for, else 401. Default: none. */
	readonly token?: string;
}

/**
 * Starts an SMS provider with a JSON interface: a POST whose body is a JSON object is taken with 202 and `{"id": "sms-1"}` (the next one `sms-2`), a POST that
 * repeats a known `Idempotency-Key` with 200 and the first one's id, anything else is refused with 400.
 */
export function startSmsHttpProvider(options: SmsHttpProviderOptions = {}): Promise<HttpRecorder> {
	const { respond, token, ...rest } = options;
	const ids = new Map<string, string>();
	let taken = 0;
	const answer = (request: ReceivedRequest): HttpAnswer => {
		if (token !== undefined && request.headers.get('authorization') !== `Bearer ${token}`) return json(401, { error: 'unauthorised' });
		if (request.method !== 'POST' || jsonOf(request) === undefined) return json(400, { error: 'bad request' });
		const key = request.headers.get('idempotency-key');
		const known = key === undefined ? undefined : ids.get(key);
		if (known !== undefined) return json(200, { id: known });
		const id = `sms-${++taken}`;
		if (key !== undefined) ids.set(key, id);
		return json(202, { id });
	};
	return startHttpRecorder({ ...rest, respond: async (request) => (await respond?.(request)) ?? answer(request) });
}

/** The JSON object that a request carries, undefined when its body is something else. */
export function jsonOf(request: ReceivedRequest): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(request.body.toString('utf8'));
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function json(status: number, value: object): HttpAnswer {
	return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
