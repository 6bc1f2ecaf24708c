import type { Logger } from '../logs/logger.ts';
import type { CallContext, CallOptions } from './context.ts';
import type { MethodDefinition, RequestOf, ResponseOf, ServiceDefinition } from './definition.ts';

/**
 * One handler. Written as a method so that a binding of a particular service is also a binding of some service: the transports
 * hand each handler only what its own definition decoded.
 */
type Handler<Request, Response> = { handle(request: Request, context: CallContext): Promise<Response> }['handle'];

/** A service's implementation: one function for each method of its definition. */
export type Handlers<D extends ServiceDefinition> = {
	readonly [M in keyof D['methods']]: Handler<RequestOf<D, M>, ResponseOf<D, M>>;
};

/** A service as its callers see it, whichever the transport. */
export type RpcClient<D extends ServiceDefinition> = {
	readonly [M in keyof D['methods']]: (request: RequestOf<D, M>, options?: CallOptions) => Promise<ResponseOf<D, M>>;
};

/** A service's definition with the handlers that answer it. */
export interface RpcBinding<D extends ServiceDefinition = ServiceDefinition> {
	readonly definition: D;
	readonly handlers: Handlers<D>;
	/** Where failures that are no {@link DomainError} are logged. */
	readonly logger: Logger | undefined;
}

/**
 * Ties handlers to their definition.
 * @param options.logger told of every failure that the caller only sees as INTERNAL
 * @throws TypeError for a method that streams: transports carry unary calls only
 */
export function bind<D extends ServiceDefinition>(
	definition: D,
	handlers: Handlers<D>,
	options: { readonly logger?: Logger } = {},
): RpcBinding<D> {
	for (const method of Object.values<MethodDefinition>(definition.methods)) {
		if (method.requestStream || method.responseStream) throw new TypeError(`${definition.fullName}/${method.name} streams`);
	}
	return { definition, handlers, logger: options.logger };
}
