import { join } from 'node:path';
import type { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { type Clock, systemClock } from '@fefaent/kernel';
import { type Env, inProcessClient, type RpcBinding, type RpcClient, readConfig, type Service, silentLogger } from '@fefaent/service-kit';
import { evidenceConfig } from '../config.ts';
import { createEvidenceService, type EvidenceServiceDeps } from '../service.ts';
import type { EvidenceStore } from '../store/port.ts';
import { openSqliteEvidenceStore } from '../store/sqlite.ts';

/** A running evidence service and its client. For tests. */
export interface RunningEvidence {
	readonly client: RpcClient<EvidenceServiceDefinition>;
	readonly service: Service;
	readonly store: EvidenceStore;
	stop(): Promise<void>;
}

/** Starts a whole evidence service on a folder: store `evidence.db`, keys in `trust`. For tests. */
export async function startEvidence(
	folder: string,
	options: { readonly env?: Env; readonly clock?: Clock } & Partial<Pick<EvidenceServiceDeps, 'signer' | 'logger'>> = {},
): Promise<RunningEvidence> {
	const store = openSqliteEvidenceStore({ path: join(folder, 'evidence.db') });
	const service = createEvidenceService({
		config: readConfig(evidenceConfig, options.env ?? {}),
		clock: options.clock ?? systemClock,
		logger: options.logger ?? silentLogger,
		store,
		trustFolder: join(folder, 'trust'),
		...(options.signer ? { signer: options.signer } : {}),
	});
	await service.start();
	const binding = service.rpc[0] as unknown as RpcBinding<EvidenceServiceDefinition>;
	// Encoded both ways, as a network would.
	const client = inProcessClient(binding, { caller: 'test', serialise: true, defaultDeadlineMs: 30_000 });
	return { client, service, store, stop: () => service.stop() };
}
