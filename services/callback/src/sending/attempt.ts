import { crashpoint } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import type { EndpointRecord } from '../domain/endpoint.ts';
import type { AttemptResult } from '../domain/verdict.ts';
import type { Content } from '../forms/form.ts';
import { formOf } from '../forms/registry.ts';
import type { Borrowed, Channels } from '../http/clients.ts';
import { tracePost } from '../telemetry.ts';

/** What attempts are made with. */
export interface AttemptDeps {
	readonly channels: Channels;
	/** `source` of CloudEvents. */
	readonly eventSource: string;
	/** Longest time that an attempt takes in all, name resolution and the last byte of the answer included: real time in milliseconds. */
	readonly attemptMs: number;
	readonly logger: Logger;
}

/**
 * Sends a message once and says what came of it, within `attemptMs`.
 * @throws the signal's reason when it was aborted: then nobody knows what came of it
 */
export async function attempt(record: EndpointRecord, content: Content, signal: AbortSignal, deps: AttemptDeps): Promise<AttemptResult> {
	const { channels, eventSource, attemptMs, logger } = deps;
	const endsAt = performance.now() + attemptMs;
	let borrowed: Borrowed;
	try {
		borrowed = await channels.borrow(record);
	} catch (error) {
		logger.error({ endpointId: record.endpoint.id, err: error }, 'the secrets or certificates of an endpoint cannot be used');
		return { status: 0, failure: 'ENDPOINT_UNUSABLE' };
	}
	try {
		const { client, signer, authorization } = borrowed.channel;
		const form = formOf(record.endpoint.form);
		const message = form.write(content, { eventSource, signer });
		const credentials = authorization === '' ? {} : { authorization };
		await crashpoint('callback.delivery.send.before');
		const headers = { 'user-agent': 'fefaent', ...message.headers, ...credentials };
		const exchange = await tracePost(record.endpoint.url, { ...message, headers }, (traced) => client.post(traced, { signal, endsAt }));
		await crashpoint('callback.delivery.send.after');
		if (!('answer' in exchange)) return exchange;
		return form.read(exchange.answer, content);
	} finally {
		borrowed.release();
	}
}
