import type { HealthReport } from '../health/report.ts';
import type { Logger } from '../logs/logger.ts';
import type { RpcBinding, RpcClient } from './binding.ts';
import type { Callers } from './callers.ts';
import type { MethodOf, ServiceDefinition } from './definition.ts';
import { makeGrpcClient } from './grpc-client.ts';
import type { TlsFolder } from './tls/folder.ts';

/** How a gRPC server is set up. */
export interface GrpcServerOptions {
	/** Address to listen on. */
	readonly host: string;
	/** 0 for a free one. */
	readonly port: number;
	/** Mutual TLS: only callers with a certificate of its authorities get through, and only under their own name. Default: no TLS. */
	readonly tls?: TlsFolder | undefined;
	/** Who may call; default whoever may connect. */
	readonly callers?: Callers;
	/** Largest message either way, in bytes; default 16 MiB. */
	readonly maxMessageBytes?: number;
	readonly logger: Logger;
	/** Asked for the standard health service; each bound service is SERVING while it is ready. */
	readonly health: { readiness(): Promise<HealthReport> };
	/** How often readiness is asked, real time in milliseconds; default 2000. */
	readonly healthEveryMs?: number;
	/** A FileDescriptorSet of the bound services; reflection is served when given. */
	readonly descriptorSet?: Uint8Array;
	/** Age at which a connection is ended, so that clients spread over new replicas; real time in milliseconds, default 5 minutes. */
	readonly maxConnectionAgeMs?: number;
}

/** A gRPC server under way. */
export interface GrpcServer {
	readonly port: number;
	/** Reports NOT_SERVING, takes no more calls, and ends when those under way are answered. */
	stop(): Promise<void>;
}

/** How a gRPC client reaches its service. */
export interface GrpcClientOptions<D extends ServiceDefinition> {
	/** `host:port`, or a name of many addresses such as `dns:///notification.fefaent:5000`; calls go round them. */
	readonly address: string;
	/** Name of the calling service. */
	readonly caller: string;
	/** Mutual TLS with the service of that name. Default: no TLS. */
	readonly tls?: { readonly folder: TlsFolder; readonly service: string } | undefined;
	/** How long to wait for an answer, real time in milliseconds; default 10,000. */
	readonly defaultDeadlineMs?: number;
	/**
	 * Whether a call waits, up to its deadline, for a service that cannot be reached at the moment, instead of failing at once. What was sent already and
	 * was not answered fails all the same. Default no.
	 */
	readonly waitForReady?: boolean;
	/** Methods that are repeated when the service is UNAVAILABLE; default those that its contract marks with an `idempotency_level`. */
	readonly idempotentMethods?: readonly MethodOf<D>[];
	/** Largest message either way, in bytes; default 16 MiB. */
	readonly maxMessageBytes?: number;
}

/** A client that holds a connection. */
export type GrpcClient<D extends ServiceDefinition> = RpcClient<D> & { close(): void };

/**
 * Serves bindings over gRPC, with the standard health service and reflection.
 * @throws Error when the address cannot be bound
 */
export async function serveGrpc(bindings: readonly RpcBinding[], options: GrpcServerOptions): Promise<GrpcServer> {
	// Loaded here: standalone, which serves nothing over gRPC, should not pay for it.
	const { startGrpcServer } = await import('./grpc-server.ts');
	return startGrpcServer(bindings, options);
}

/** A client over gRPC. It connects at its first call. @throws TypeError for a service with a method named `close` */
export function grpcClient<D extends ServiceDefinition>(definition: D, options: GrpcClientOptions<D>): GrpcClient<D> {
	return makeGrpcClient(definition, options);
}
