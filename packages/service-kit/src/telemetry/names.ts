/** Name of the tracer and the meter that the kit itself uses. */
export const kitScope = 'fefaent.service-kit';

/** Attributes that the kit sets, by the semantic conventions of OpenTelemetry. */
export const attributeNames = {
	rpcSystem: 'rpc.system.name',
	rpcMethod: 'rpc.method',
	rpcStatus: 'rpc.response.status_code',
	serverAddress: 'server.address',
	serverPort: 'server.port',
	errorType: 'error.type',
	caller: 'fefaent.caller',
} as const;
