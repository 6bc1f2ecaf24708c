import type { ServiceDefinition } from './definition.ts';

/** The methods that the contract says may be repeated: those with an `idempotency_level` (google/protobuf/descriptor.proto). */
export function idempotentMethodsOf(definition: ServiceDefinition): readonly string[] {
	return Object.entries(definition.methods).flatMap(([key, { options }]) => ('idempotencyLevel' in options ? [key] : []));
}

/**
 * The service config of a client's channel (gRPC A6, client retries). Only UNAVAILABLE is retried, and only where repeating does no harm: INTERNAL may
 * come after the work was done, so it says nothing about whether to repeat.
 */
export function serviceConfig(definition: ServiceDefinition, idempotentMethods: readonly string[]): object {
	const names = idempotentMethods.map((key) => {
		const method = definition.methods[key];
		if (method === undefined) throw new TypeError(`${definition.fullName} has no method ${key}`);
		return { service: definition.fullName, method: method.name };
	});
	return {
		loadBalancingConfig: [{ round_robin: {} }],
		// Stops retrying when most calls fail: a service that is down is not helped by more of them.
		retryThrottling: { maxTokens: 100, tokenRatio: 0.1 },
		methodConfig:
			names.length === 0
				? []
				: [
						{
							name: names,
							retryPolicy: {
								maxAttempts: 4,
								initialBackoff: '0.1s',
								maxBackoff: '1s',
								backoffMultiplier: 2,
								retryableStatusCodes: ['UNAVAILABLE'],
							},
						},
					],
	};
}
