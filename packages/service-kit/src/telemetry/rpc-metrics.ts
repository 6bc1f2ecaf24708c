import { DomainError, failureKinds } from '@fefaent/kernel';
import { type Attributes, trace } from '@opentelemetry/api';
import { histogram } from './instruments.ts';
import { attributeNames, kitScope } from './names.ts';
import { errorType } from './spans.ts';
import { tracing } from './state.ts';

const durations = {
	server: histogram(kitScope, 'rpc.server.call.duration'),
	client: histogram(kitScope, 'rpc.client.call.duration'),
};

/** Names of gRPC's status codes, by their numbers (grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const statusNames = [
	'OK',
	'CANCELLED',
	'UNKNOWN',
	'INVALID_ARGUMENT',
	'DEADLINE_EXCEEDED',
	'NOT_FOUND',
	'ALREADY_EXISTS',
	'PERMISSION_DENIED',
	'RESOURCE_EXHAUSTED',
	'FAILED_PRECONDITION',
	'ABORTED',
	'OUT_OF_RANGE',
	'UNIMPLEMENTED',
	'INTERNAL',
	'UNAVAILABLE',
	'DATA_LOSS',
	'UNAUTHENTICATED',
] as const;

/** Statuses that are the server's own failures: the others are an answer (semantic conventions for gRPC, "Status"). */
const serverErrors = new Set(['UNKNOWN', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS']);

/** How a call over the network is told. */
export interface RpcCall {
	readonly side: keyof typeof durations;
	readonly attributes: Attributes;
}

/** Runs a call, records how long it took, and gives the active span its status code. Only when telemetry is on. */
export async function measured<T>({ side, attributes }: RpcCall, run: () => Promise<T>): Promise<T> {
	if (!tracing()) return run();
	const started = performance.now();
	const span = trace.getActiveSpan();
	const tell = (status: string, failed: Attributes = {}) => {
		span?.setAttribute(attributeNames.rpcStatus, status);
		durations[side]((performance.now() - started) / 1000, { ...attributes, [attributeNames.rpcStatus]: status, ...failed });
	};
	try {
		const answer = await run();
		tell('OK');
		return answer;
	} catch (error) {
		const status = statusOf(error);
		tell(status, side === 'client' || isServerFailure(error) ? { [attributeNames.errorType]: errorType(error) } : {});
		throw error;
	}
}

/** Whether a call ended by a failure of the server's, and not by a refusal that is its answer. */
export function isServerFailure(error: unknown): boolean {
	return serverErrors.has(statusOf(error));
}

function statusOf(error: unknown): string {
	if (!(error instanceof DomainError)) return error instanceof DOMException && error.name === 'AbortError' ? 'CANCELLED' : 'INTERNAL';
	return statusNames[failureKinds[error.kind].grpcStatus] ?? 'UNKNOWN';
}
