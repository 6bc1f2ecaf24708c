import { type Clock, ManualClock } from '@fefaent/kernel';
import { readConfig, silentLogger } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { callbackConfig, scheduleOf } from '../config.ts';
import { networkOf } from '../http/addresses.ts';
import { Channels } from '../http/clients.ts';
import { systemResolve } from '../http/resolve.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { Gate } from '../sending/gate.ts';
import type { WorkerDeps } from '../sending/worker.ts';
import type { CallbackStore } from '../store/port.ts';
import { openSqliteCallbackStore } from '../store/sqlite.ts';
import { noon } from './fixtures.ts';
import { type Neighbours, neighbours } from './sources.ts';

/** What a dispatcher works with, on real files and sockets. */
export interface Dispatching extends AsyncDisposable {
	readonly store: CallbackStore;
	readonly clock: ManualClock;
	readonly neighbours: Neighbours;
	readonly deps: WorkerDeps;
}

/** Opens what a dispatcher works with; nothing is started. */
export async function dispatching(change: Partial<WorkerDeps> = {}): Promise<Dispatching> {
	const folder = temporaryFolder();
	const clock = new ManualClock(noon);
	const store = openSqliteCallbackStore({ path: folder.join('callback.db') });
	const { known, notifications, evidences } = neighbours();
	const channels = new Channels(await openSecretsKeys({ file: folder.join('secrets.key') }), {
		reach: { networks: [networkOf('127.0.0.0/8')], allowHttp: true, ports: [] },
		resolve: systemResolve(5_000),
		connectTimeoutMs: 5_000,
		responseTimeoutMs: 120_000,
		answerMaxBytes: 10_000,
	});
	const config = readConfig(callbackConfig, {});
	const ending = new AbortController();
	return {
		store,
		clock,
		neighbours: known,
		deps: {
			store,
			clock: clock satisfies Clock,
			logger: silentLogger,
			ownerId: 'test',
			notifications,
			evidences,
			channels,
			attemptMs: 10_000,
			eventSource: 'urn:test',
			scheduleOf: (form) => scheduleOf(config, form),
			gates: { well: new Gate(64, 1), failing: new Gate(16, 0) },
			leaseMs: 60_000,
			retryAfterMaxMs: 3_600_000,
			signal: ending.signal,
			...change,
		},
		[Symbol.asyncDispose]: async () => {
			ending.abort();
			await channels.closeAll();
			await store.close();
			await folder.remove();
		},
	};
}
