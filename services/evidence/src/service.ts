import { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import type { Clock } from '@fefaent/kernel';
import { bind, createHealth, type Logger, type Service } from '@fefaent/service-kit';
import { checkSealingTimeout, type EvidenceConfig } from './config.ts';
import { evidenceError } from './errors.ts';
import { Issuing } from './issuing.ts';
import type { SignerProvider } from './keys/port.ts';
import { evidenceHandlers, type Running } from './rpc/handlers.ts';
import { SealingPool } from './sealing/pool.ts';
import { SealingTrouble } from './sealing/trouble.ts';
import type { EvidenceStore } from './store/port.ts';
import { showQueue } from './telemetry.ts';
import { loadTrust } from './trust/load.ts';

/** How long a stop waits for what is being sealed, real time in milliseconds. What is cut short then is asked for again after the next start. */
const stopGraceMs = 5_000;

/** What the evidence service is made of. */
export interface EvidenceServiceDeps {
	readonly config: EvidenceConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Its own; closed when the service stops. */
	readonly store: EvidenceStore;
	/** Folder of the test authority's keys; used and made only while no key or time-stamping authority is configured. */
	readonly trustFolder: string;
	/** A signing key from elsewhere than a PKCS#12 file. */
	readonly signer?: SignerProvider;
}

/** The service that owns signing keys and evidences: serves EvidenceService. Its threads start with the first evidence. */
export function createEvidenceService(deps: EvidenceServiceDeps): Service {
	const { config, clock, logger, store } = deps;
	checkSealingTimeout(config);
	let running: (Running & { readonly sealing: SealingPool }) | undefined;
	const current = () => running ?? raise(evidenceError('NOT_RUNNING'));
	let hideQueue: (() => void) | undefined;
	const trouble = new SealingTrouble();
	const health = createHealth();
	health.register('store', () => store.ping());
	health.register('keys', async () => current());
	return {
		name: 'evidence',
		rpc: [bind(EvidenceServiceDefinition, evidenceHandlers(store, current), { logger })],
		start: async () => {
			const trust = await loadTrust({ config, folder: deps.trustFolder, clock, logger, ...(deps.signer ? { signer: deps.signer } : {}) });
			const maxBatches = config.FEFAENT_EVIDENCE_WORKERS * 2;
			const workers = config.FEFAENT_EVIDENCE_WORKERS;
			const jobMs = config.FEFAENT_EVIDENCE_SEALING_TIMEOUT;
			const sealing = new SealingPool({ setup: trust, workers, maxWaiting: maxBatches, jobMs, logger });
			const maxBatch = config.FEFAENT_EVIDENCE_BATCH;
			const issuing = new Issuing({ store, sealing, clock, trouble, maxBatch, maxBatches, maxWaiting: config.FEFAENT_EVIDENCE_QUEUE });
			running = { issuing, trust, sealing };
			hideQueue = showQueue(() => issuing.pending, logger);
		},
		stop: async () => {
			health.drain();
			hideQueue?.();
			const last = running;
			running = undefined;
			if (last !== undefined) {
				const cut = setTimeout(() => last.sealing.cut(), stopGraceMs);
				await last.issuing.drained();
				await last.sealing.stop();
				clearTimeout(cut);
			}
			await store.close();
		},
		readiness: async () => {
			const { ready, checks } = await health.readiness();
			return { ready, checks: [...checks, trouble.check()] };
		},
		backlog: async () => running?.issuing.pending ?? 0,
	};
}

function raise(error: Error): never {
	throw error;
}
