/** Loads @grpc/grpc-js: imported only by those who serve over gRPC. */
import { setTimeout as delay } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import type { RpcBinding } from './binding.ts';
import { admissionOf } from './callers.ts';
import type { GrpcServer, GrpcServerOptions } from './grpc.ts';
import { followReadiness } from './grpc-health.ts';
import { addReflection } from './grpc-reflection.ts';
import { Answering, grpcService } from './grpc-service.ts';
import { serverCredentials } from './tls/credentials.ts';
import { defaultMaxMessageBytes, keepalive } from './wire.ts';

/** How long connections that only watch (health, reflection) may outlast the last call when the server stops, in milliseconds. */
const watchersGraceMs = 500;

/** See {@link import('./grpc.ts').serveGrpc}. */
export async function startGrpcServer(bindings: readonly RpcBinding[], options: GrpcServerOptions): Promise<GrpcServer> {
	// The library's own words, which would go to the console as bare lines.
	grpc.setLogger({ error: (words: unknown) => options.logger.warn({ words: String(words) }, 'grpc') });
	const maxBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
	const server = new grpc.Server({
		'grpc.max_receive_message_length': maxBytes,
		'grpc.keepalive_time_ms': keepalive.everyMs,
		'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
		'grpc.max_connection_age_ms': options.maxConnectionAgeMs ?? 300_000,
		'grpc.max_connection_age_grace_ms': 30_000,
	});
	const answering = new Answering();
	const admission = admissionOf(bindings, options.callers, options.tls !== undefined);
	for (const binding of bindings) {
		const { service, implementation } = grpcService(binding, { logger: options.logger, maxBytes, answering, admission });
		server.addService(service, implementation);
	}
	const names = bindings.map((binding) => binding.definition.fullName);
	const health = await followReadiness(server, names, options);
	if (options.descriptorSet !== undefined) addReflection(server, names, options.descriptorSet);

	const port = await listen(server, options).catch((error: unknown) => {
		health.stop();
		throw error;
	});
	let stopped: Promise<void> | undefined;
	return {
		port,
		stop: () => {
			health.stop();
			stopped ??= drain(server, answering);
			return stopped;
		},
	};
}

/** @throws Error as a socket's that cannot listen: the library tells the system's code in its words only, and operators are to be told in ours. */
function listen(server: grpc.Server, { host, port, tls }: GrpcServerOptions): Promise<number> {
	const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
	return new Promise((resolve, reject) => {
		const credentials = tls === undefined ? grpc.ServerCredentials.createInsecure() : serverCredentials(grpc, tls);
		server.bindAsync(address, credentials, (error, bound) => {
			if (error === null) return resolve(bound);
			const code = /\blisten (E[A-Z]+)\b/.exec(error.message)?.[1];
			reject(code === undefined ? error : Object.assign(error, { code, syscall: 'listen', address: host, port }));
		});
	});
}

/**
 * Lets every call under way end, however long it takes: how long that may be is for the process to bound. Streams that only watch never end by
 * themselves and have nothing to lose, so their connections are cut once no call is left.
 */
async function drain(server: grpc.Server, answering: Answering): Promise<void> {
	const closed = new Promise<void>((resolve, reject) => {
		server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
	});
	let over = false;
	const ended = closed.finally(() => {
		over = true;
	});
	do {
		await answering.none();
		await Promise.race([ended, delay(watchersGraceMs, undefined, { ref: false })]);
		// A call whose message was still on its way is answered, too.
	} while (answering.busy);
	if (!over) server.forceShutdown();
	await ended;
}
