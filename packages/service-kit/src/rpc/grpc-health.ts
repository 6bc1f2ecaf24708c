import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { GrpcServerOptions } from './grpc.ts';

/**
 * Serves the standard health service (grpc.health.v1): the state of the whole server under the empty name and of each service under its own, after
 * what readiness says. The first answer is known before the server listens.
 */
export async function followReadiness(server: Server, services: readonly string[], options: GrpcServerOptions): Promise<{ stop(): void }> {
	const names = ['', ...services];
	const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'NOT_SERVING' as const])));
	health.addToServer(server);

	let serving = false;
	let stopped = false;
	const set = (next: boolean) => {
		if (next === serving) return;
		serving = next;
		for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
	};
	const look = async () => {
		try {
			const { ready } = await options.health.readiness();
			if (!stopped) set(ready);
		} catch (error) {
			options.logger.error({ err: error }, 'readiness cannot be told');
			if (!stopped) set(false);
		}
	};
	await look();
	let timer: NodeJS.Timeout;
	const again = () => {
		timer = setTimeout(() => look().finally(() => !stopped && again()), options.healthEveryMs ?? 2_000).unref();
	};
	again();
	return {
		stop: () => {
			stopped = true;
			clearTimeout(timer);
			set(false);
		},
	};
}
