/** Name of the tracer and the meter that the kit itself uses. */
export const kitScope = 'fefaent.service-kit';

/** Metrics of the kit, by the semantic conventions of OpenTelemetry for RPC; histograms in seconds. */
export const metricNames = {
	rpcServerDuration: 'rpc.server.call.duration',
	rpcClientDuration: 'rpc.client.call.duration',
} as const;

/** Attributes that the kit sets, by the same conventions. */
export const attributeNames = {
	rpcSystem: 'rpc.system.name',
	rpcMethod: 'rpc.method',
	rpcStatus: 'rpc.response.status_code',
	errorType: 'error.type',
	caller: 'fefaent.caller',
} as const;
