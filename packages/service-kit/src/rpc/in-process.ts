import { SpanKind, trace } from '@opentelemetry/api';
import { attributeNames, kitScope } from '../telemetry/names.ts';
import { traceparentOf, withSpan } from '../telemetry/spans.ts';
import { tracing } from '../telemetry/state.ts';
import type { RpcBinding, RpcClient } from './binding.ts';
import { Call, callStorage } from './call.ts';
import { type CallOptions, deadlineOf, defaultDeadlineMs } from './context.ts';
import type { MethodDefinition, ServiceDefinition } from './definition.ts';
import { failCall } from './errors.ts';
import { decodeFailure, encodeFailure } from './failure-codec.ts';
import { answerFailure } from './unexpected.ts';
import { defaultMaxMessageBytes } from './wire.ts';

/** What an in-process client is made with. */
export interface InProcessOptions {
	/** Name of the calling service. */
	readonly caller: string;
	/** How long to wait for an answer, real time in milliseconds; default 10,000. */
	readonly defaultDeadlineMs?: number;
	/** Encodes and decodes every message and failure, as a network would: proves that handlers share nothing with their callers. Default false. */
	readonly serialise?: boolean;
	/** Largest encoded message in bytes, where messages are serialised; default 16 MiB, as over gRPC. */
	readonly maxMessageBytes?: number;
}

/** One method, ready to be called. */
interface Route {
	readonly path: string;
	/** The same with the package of its contract. */
	readonly fullName: string;
	readonly method: MethodDefinition;
	readonly binding: RpcBinding;
	readonly key: string;
	readonly options: InProcessOptions;
}

/**
 * A client that calls the handlers of the same process: no copy is made of what goes through, so neither side may change it afterwards.
 * @param binding the service, or a function that answers it, for services that call each other; asked once, at the first use
 */
export function inProcessClient<D extends ServiceDefinition>(
	binding: RpcBinding<D> | (() => RpcBinding<D>),
	options: InProcessOptions = { caller: 'unnamed' },
): RpcClient<D> {
	if (typeof binding !== 'function') return clientOf(binding, options);
	let made: RpcClient<D> | undefined;
	const client = (): RpcClient<D> => {
		made ??= clientOf(binding(), options);
		return made;
	};
	return new Proxy({} as RpcClient<D>, {
		get: (_, name) => Reflect.get(client(), name),
		has: (_, name) => Reflect.has(client(), name),
	});
}

function clientOf<D extends ServiceDefinition>(binding: RpcBinding<D>, options: InProcessOptions): RpcClient<D> {
	const methods = Object.entries<MethodDefinition>(binding.definition.methods).map(([key, method]) => {
		const { name, fullName } = binding.definition;
		const route: Route = { path: `${name}/${method.name}`, fullName: `${fullName}/${method.name}`, method, binding, key, options };
		return [key, (request: unknown, call?: CallOptions) => begin(route, request, call)];
	});
	// The entries are made from the very definition that the type is made from.
	return Object.freeze(Object.fromEntries(methods)) as RpcClient<D>;
}

function begin(route: Route, request: unknown, options: CallOptions | undefined): Promise<unknown> {
	if (!tracing()) return perform(route, request, options, callStorage.getStore()?.traceparent);
	const attributes = { [attributeNames.rpcMethod]: route.fullName, [attributeNames.caller]: route.options.caller };
	return withSpan(trace.getTracer(kitScope), route.fullName, { kind: SpanKind.INTERNAL, attributes }, (span) =>
		perform(route, request, options, traceparentOf(span.spanContext())),
	);
}

function perform(route: Route, request: unknown, options: CallOptions | undefined, traceparent: string | undefined): Promise<unknown> {
	const parent = callStorage.getStore();
	const now = Date.now();
	const deadline = deadlineOf(options?.deadlineMs ?? route.options.defaultDeadlineMs ?? defaultDeadlineMs, parent, now);
	const call = new Call(route.options.caller, deadline, traceparent);

	return new Promise((resolve, reject) => {
		let unlisten: (() => void) | undefined;
		let ignore: (() => void) | undefined;
		let over = false;
		const finish = () => {
			over = true;
			clearTimeout(timer);
			unlisten?.();
			ignore?.();
		};
		const giveUp = (reason: unknown) => {
			if (over) return;
			finish();
			reject(reason);
			call.abort(reason);
		};
		const timer = setTimeout(() => giveUp(failCall('DEADLINE_EXCEEDED', { method: route.path })), Math.max(0, deadline - now));
		const { signal } = options ?? {};
		if (deadline <= now) giveUp(failCall('DEADLINE_EXCEEDED', { method: route.path }));
		if (parent !== undefined) unlisten = parent.onAbort(giveUp);
		if (signal !== undefined) {
			if (signal.aborted) giveUp(signal.reason);
			const listener = () => giveUp(signal.reason);
			signal.addEventListener('abort', listener, { once: true });
			ignore = () => signal.removeEventListener('abort', listener);
		}
		if (over) {
			unlisten?.();
			ignore?.();
			return;
		}
		callStorage.run(call, answer, route, request, call).then(
			(response) => {
				if (over) return;
				finish();
				resolve(response);
			},
			(error: unknown) => {
				// Logged even when nobody waits any more.
				const failure = answerFailure(error, route.path, call.caller, route.binding.logger);
				if (over) return;
				finish();
				reject(route.options.serialise === true ? (decodeFailure(encodeFailure(failure)) ?? failure) : failure);
			},
		);
	});
}

async function answer({ binding, key, method, options, path }: Route, request: unknown, call: Call): Promise<unknown> {
	const handler = binding.handlers[key];
	if (handler === undefined) throw failCall('UNIMPLEMENTED', { method: path });
	if (options.serialise !== true) return handler.call(binding.handlers, request, call);
	const { maxMessageBytes = defaultMaxMessageBytes } = options;
	const received = method.requestType.decode(sized(method.requestType.encode(request).finish(), maxMessageBytes, path));
	const response = await handler.call(binding.handlers, received, call);
	return method.responseType.decode(sized(method.responseType.encode(response).finish(), maxMessageBytes, path));
}

function sized(message: Uint8Array, maxBytes: number, method: string): Uint8Array {
	if (message.byteLength > maxBytes) throw failCall('MESSAGE_TOO_LARGE', { method });
	return message;
}
