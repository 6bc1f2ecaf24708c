import { crashpoint, type DomainError, failureKinds } from '@fefaent/kernel';
import type { MethodDefinition as GrpcMethod, handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { SpanKind, trace } from '@opentelemetry/api';
import type { Logger } from '../logs/logger.ts';
import { attributeNames, kitScope } from '../telemetry/names.ts';
import { isServerFailure, measured } from '../telemetry/rpc-metrics.ts';
import { traceparentOf, withSpan } from '../telemetry/spans.ts';
import { tracing } from '../telemetry/state.ts';
import type { RpcBinding } from './binding.ts';
import { Call, callStorage } from './call.ts';
import { type Admission, refused } from './callers.ts';
import { defaultDeadlineMs } from './context.ts';
import type { MethodDefinition } from './definition.ts';
import { failCall } from './errors.ts';
import { encodeFailure, statusTrailer } from './failure-codec.ts';
import { answerFailure } from './unexpected.ts';
import { metadataKeys, methodPath, plainBytes } from './wire.ts';

/** Counts the calls being answered. */
export class Answering {
	#calls = 0;
	#waiters: (() => void)[] = [];

	begin(): void {
		this.#calls++;
	}

	end(): void {
		this.#calls--;
		if (this.#calls === 0) for (const resolve of this.#waiters.splice(0)) resolve();
	}

	/** Whether any is left. */
	get busy(): boolean {
		return this.#calls > 0;
	}

	/** Resolves when none is left. */
	none(): Promise<void> {
		return this.#calls === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiters.push(resolve));
	}
}

interface Serving {
	readonly logger: Logger;
	readonly maxBytes: number;
	readonly answering: Answering;
	readonly admission: Admission;
}

type UnaryHandler = handleUnaryCall<Buffer, Buffer>;

/** A binding in the terms of @grpc/grpc-js. Messages are bytes to it, so that failures to read or write them are told like any other. */
export function grpcService(binding: RpcBinding, serving: Serving) {
	const service: Record<string, GrpcMethod<Buffer, Buffer>> = {};
	const implementation: Record<string, UnaryHandler> = {};
	for (const [key, method] of Object.entries(binding.definition.methods)) {
		service[key] = {
			path: methodPath(binding.definition.fullName, method.name),
			requestStream: false,
			responseStream: false,
			requestSerialize: same,
			requestDeserialize: same,
			responseSerialize: same,
			responseDeserialize: same,
		};
		implementation[key] = unaryHandler(binding, key, method, serving);
	}
	return { service, implementation };
}

const same = (bytes: Buffer): Buffer => bytes;

function unaryHandler(binding: RpcBinding, key: string, method: MethodDefinition, serving: Serving): UnaryHandler {
	const name = `${binding.definition.name}/${method.name}`;
	const fullName = `${binding.definition.fullName}/${method.name}`;
	const logger = binding.logger ?? serving.logger;

	const answer = async (request: Buffer, call: Call): Promise<Buffer> => {
		const handler = binding.handlers[key];
		if (handler === undefined) throw failCall('UNIMPLEMENTED', { method: name });
		const response = await handler.call(binding.handlers, method.requestType.decode(plainBytes(request)), call);
		const bytes = method.responseType.encode(response).finish();
		if (bytes.byteLength > serving.maxBytes) throw failCall('MESSAGE_TOO_LARGE', { method: name });
		return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	};

	return (grpcCall, callback) => {
		const caller = header(grpcCall, metadataKeys.caller) ?? 'unnamed';
		const refusal = serving.admission(grpcCall, key, caller);
		if (refusal !== undefined) {
			logger.warn({ method: name, caller: caller.slice(0, 64), peer: grpcCall.getPeer(), refusal }, 'a call was refused');
			return callback(statusOf(refused(name)));
		}
		serving.answering.begin();
		inContext(grpcCall, { name, fullName, caller }, answer)
			.then(
				(response) => callback(null, response),
				(error: unknown) => callback(statusOf(answerFailure(error, name, caller, logger))),
			)
			.finally(() => serving.answering.end());
	};
}

/** A failure as gRPC carries it. */
function statusOf(failure: DomainError) {
	const metadata = new Metadata();
	metadata.set(statusTrailer, Buffer.from(encodeFailure(failure)));
	return { code: failureKinds[failure.kind].grpcStatus, details: failure.message, metadata };
}

/** Answers one call with its deadline, cancellation and trace in place. */
async function inContext(
	grpcCall: ServerUnaryCall<Buffer, Buffer>,
	{ name, fullName, caller }: { readonly name: string; readonly fullName: string; readonly caller: string },
	answer: (request: Buffer, call: Call) => Promise<Buffer>,
): Promise<Buffer> {
	const given = Number(grpcCall.getDeadline());
	// Every call has an end, also those of clients that set none.
	const deadline = Number.isFinite(given) ? given : Date.now() + defaultDeadlineMs;
	const parent = header(grpcCall, metadataKeys.traceparent);
	const requestId = header(grpcCall, metadataKeys.requestId);

	const run = async (traceparent: string | undefined): Promise<Buffer> => {
		const call = new Call(caller, deadline, traceparent, requestId);
		let answered = false;
		grpcCall.on('cancelled', () => {
			// The library says so at the end of every call, also of one that went well.
			if (answered) return;
			call.abort(
				Date.now() >= deadline ? failCall('DEADLINE_EXCEEDED', { method: name }) : new DOMException('the caller gave up', 'AbortError'),
			);
		});
		try {
			const response = await callStorage.run(call, answer, grpcCall.request, call);
			await crashpoint('rpc.server.answering');
			return response;
		} finally {
			answered = true;
		}
	};

	if (!tracing()) return run(parent);
	const rpc = { [attributeNames.rpcSystem]: 'grpc', [attributeNames.rpcMethod]: fullName };
	const attributes = { ...rpc, [attributeNames.caller]: caller };
	return withSpan(trace.getTracer(kitScope), fullName, { kind: SpanKind.SERVER, attributes, parent, fails: isServerFailure }, (span) =>
		measured({ side: 'server', attributes: rpc }, () => run(traceparentOf(span.spanContext()))),
	);
}

function header(call: ServerUnaryCall<Buffer, Buffer>, name: string): string | undefined {
	const [value] = call.metadata.get(name);
	return typeof value === 'string' ? value : undefined;
}
