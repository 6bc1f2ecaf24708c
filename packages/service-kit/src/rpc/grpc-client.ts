import { randomUUID } from 'node:crypto';
import { crashpoint, type DomainError } from '@fefaent/kernel';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { type Attributes, SpanKind, trace } from '@opentelemetry/api';
import { attributeNames, kitScope } from '../telemetry/names.ts';
import { measured } from '../telemetry/rpc-metrics.ts';
import { traceparentOf, withSpan } from '../telemetry/spans.ts';
import { tracing } from '../telemetry/state.ts';
import { callStorage } from './call.ts';
import { type CallOptions, deadlineOf, defaultDeadlineMs } from './context.ts';
import type { MethodDefinition, ServiceDefinition } from './definition.ts';
import { failCall, kindOfStatus } from './errors.ts';
import { decodeFailure, statusTrailer } from './failure-codec.ts';
import type { GrpcClient, GrpcClientOptions } from './grpc.ts';
import { idempotentMethodsOf, serviceConfig } from './service-config.ts';
import { channelCredentials } from './tls/credentials.ts';
import { defaultMaxMessageBytes, keepalive, metadataKeys, methodPath, plainBytes, reconnection } from './wire.ts';

type Grpc = typeof import('@grpc/grpc-js');

/** A connection, once the library is loaded. */
interface Channel {
	readonly grpc: Grpc;
	readonly client: Client;
}

/** One method, ready to be called. */
interface Route {
	/** `NotificationService/Create`. */
	readonly name: string;
	readonly path: string;
	/** What it is told by in spans and metrics. */
	readonly attributes: Attributes;
	readonly caller: string;
	readonly deadlineMs: number;
	readonly waitForReady: boolean;
	encode(request: unknown): Buffer;
	decode(response: Buffer): unknown;
}

/** Of messages as large as may be, so many are kept at once, for each service that is called, until their calls are over. */
const keptMessages = 8;

/** See {@link import('./grpc.ts').grpcClient}. */
export function makeGrpcClient<D extends ServiceDefinition>(definition: D, options: GrpcClientOptions<D>): GrpcClient<D> {
	if ('close' in definition.methods) throw new TypeError(`${definition.fullName} has a method named close`);
	const connection = connectLazily(definition, options);
	const methods = Object.entries<MethodDefinition>(definition.methods).map(([key, method]) => {
		const route = routeOf(definition, method, options);
		return [key, (request: unknown, call?: CallOptions) => begin(connection.open, route, request, call)];
	});
	// The entries are made from the very definition that the type is made from.
	return Object.freeze({ ...Object.fromEntries(methods), close: connection.close }) as GrpcClient<D>;
}

function routeOf<D extends ServiceDefinition>(definition: D, method: MethodDefinition, options: GrpcClientOptions<D>): Route {
	return {
		name: `${definition.name}/${method.name}`,
		path: methodPath(definition.fullName, method.name),
		attributes: {
			[attributeNames.rpcSystem]: 'grpc',
			[attributeNames.rpcMethod]: `${definition.fullName}/${method.name}`,
			...serverOf(options.address),
		},
		caller: options.caller,
		deadlineMs: options.defaultDeadlineMs ?? defaultDeadlineMs,
		waitForReady: options.waitForReady ?? false,
		encode: (request) => Buffer.from(method.requestType.encode(request).finish()),
		decode: (response) => method.responseType.decode(plainBytes(response)),
	};
}

/** Opens the connection at the first call; after `close`, calls fail as UNAVAILABLE. */
function connectLazily<D extends ServiceDefinition>(definition: D, options: GrpcClientOptions<D>) {
	const maxBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
	let channel: Channel | undefined;
	let closed = false;
	const connect = (grpc: Grpc): Channel => ({
		grpc,
		client: new grpc.Client(options.address, credentialsOf(grpc, options.tls), {
			'grpc.service_config': JSON.stringify(serviceConfig(definition, options.idempotentMethods ?? idempotentMethodsOf(definition))),
			// Only our own service config counts, not one that a DNS server may answer with.
			'grpc.service_config_disable_resolution': 1,
			'grpc.keepalive_time_ms': keepalive.everyMs,
			'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
			'grpc.initial_reconnect_backoff_ms': reconnection.firstMs,
			'grpc.max_reconnect_backoff_ms': reconnection.maxMs,
			'grpc.dns_min_time_between_resolutions_ms': reconnection.resolveMs,
			...(options.tls && { 'grpc.ssl_target_name_override': options.tls.service }),
			// What is not kept is not repeated: the library's own bounds are a sixteenth of these.
			'grpc.per_rpc_retry_buffer_size': maxBytes,
			'grpc.retry_buffer_size': keptMessages * maxBytes,
			'grpc.max_send_message_length': maxBytes,
			'grpc.max_receive_message_length': maxBytes,
		}),
	});
	return {
		open: async (method: string): Promise<Channel> => {
			if (closed) throw failCall('UNAVAILABLE', { method });
			if (channel !== undefined) return channel;
			const grpc = await import('@grpc/grpc-js');
			if (closed) throw failCall('UNAVAILABLE', { method });
			// Another call may have come first.
			channel ??= connect(grpc);
			return channel;
		},
		close: () => {
			closed = true;
			channel?.client.close();
		},
	};
}

function credentialsOf(grpc: Grpc, tls: GrpcClientOptions<ServiceDefinition>['tls']) {
	return tls === undefined ? grpc.credentials.createInsecure() : channelCredentials(grpc, tls.folder, tls.service);
}

async function begin(open: (method: string) => Promise<Channel>, route: Route, request: unknown, options: CallOptions | undefined) {
	await crashpoint('rpc.client.sending');
	const channel = await open(route.name);
	const response = tracing()
		? await traced(channel, route, request, options)
		: await perform(channel, route, request, options, callStorage.getStore()?.traceparent);
	await crashpoint('rpc.client.answered');
	return response;
}

function traced(channel: Channel, route: Route, request: unknown, options: CallOptions | undefined): Promise<unknown> {
	const { attributes } = route;
	return withSpan(trace.getTracer(kitScope), String(attributes[attributeNames.rpcMethod]), { kind: SpanKind.CLIENT, attributes }, (span) =>
		measured({ side: 'client', attributes }, () => perform(channel, route, request, options, traceparentOf(span.spanContext()))),
	);
}

/** Host and port of `host:port`, `dns:///host:port`, or the first of `ipv4:host:port,host:port`. */
function serverOf(address: string): Attributes {
	const { hostname, port } = URL.parse(`grpc://${address.replace(/^(dns|ipv4|ipv6):\/*/, '').replace(/,.*/, '')}`) ?? {};
	if (!hostname) return {};
	return { [attributeNames.serverAddress]: hostname, ...(port ? { [attributeNames.serverPort]: Number(port) } : {}) };
}

function perform(
	{ grpc, client }: Channel,
	route: Route,
	request: unknown,
	options: CallOptions | undefined,
	traceparent: string | undefined,
): Promise<unknown> {
	const parent = callStorage.getStore();
	const deadline = deadlineOf(options?.deadlineMs ?? route.deadlineMs, parent, Date.now());
	const { signal } = options ?? {};
	if (signal?.aborted === true) return Promise.reject(signal.reason);
	const metadata = new grpc.Metadata({ waitForReady: route.waitForReady });
	metadata.set(metadataKeys.caller, route.caller);
	// The library repeats a call with the metadata of the first attempt.
	metadata.set(metadataKeys.requestId, randomUUID());
	if (traceparent !== undefined) metadata.set(metadataKeys.traceparent, traceparent);

	return new Promise((resolve, reject) => {
		let release: () => void = () => {};
		const call = client.makeUnaryRequest(route.path, route.encode, route.decode, request, metadata, { deadline }, (error, response) => {
			release();
			if (error === null) resolve(response);
			else reject(failureOf(error, route.name));
		});
		const giveUp = (reason: unknown) => {
			reject(reason);
			call.cancel();
		};
		const unlisten = parent?.onAbort(giveUp);
		const onAbort = () => giveUp(signal?.reason);
		signal?.addEventListener('abort', onAbort, { once: true });
		release = () => {
			unlisten?.();
			signal?.removeEventListener('abort', onAbort);
		};
	});
}

/** The failure that a gRPC error carries, or else the one of {@link rpcErrors} that its status stands for. */
function failureOf(error: ServiceError, method: string): DomainError {
	const [trailer] = error.metadata?.get(statusTrailer) ?? [];
	const carried = trailer instanceof Uint8Array ? decodeFailure(trailer) : undefined;
	if (carried !== undefined) return carried;
	switch (kindOfStatus(error.code)) {
		case 'timedOut':
			return failCall('DEADLINE_EXCEEDED', { method }, { cause: error });
		case 'unavailable':
			// What the connection failed of, such as a certificate, is in the cause: for the log of the caller, which alone sees it.
			return failCall('UNAVAILABLE', { method }, { cause: error });
		case 'unimplemented':
			return failCall('UNIMPLEMENTED', { method });
		case 'exhausted':
			// Of the transport's own uses of RESOURCE_EXHAUSTED, only that of size will not pass by itself.
			return failCall(error.details.includes('larger than') ? 'MESSAGE_TOO_LARGE' : 'UNAVAILABLE', { method });
		default:
			return failCall('INTERNAL', { method });
	}
}
