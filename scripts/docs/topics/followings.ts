import { callbackConfig, createCallbackService, openSecretsKeys, openSqliteCallbackStore } from '@fefaent/callback';
import type { ServiceName } from '@fefaent/contracts/callers';
import { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import type { EventBus, FollowOptions } from '@fefaent/event-bus';
import type { EvidenceServiceDeps } from '@fefaent/evidence';
import type { GatewayServiceDeps } from '@fefaent/gateway';
import { systemClock } from '@fefaent/kernel';
import type { NotificationServiceDeps } from '@fefaent/notification';
import { createNotifierService, notifierConfig, openSqliteNotifierStore } from '@fefaent/notifier';
import { inProcessClient, readConfig, type Service, type ServiceDefinition, silentLogger } from '@fefaent/service-kit';
import { createStateEngineService, openSqliteStateEngineStore, stateEngineConfig } from '@fefaent/state-engine';
import { temporaryFolder } from '@fefaent/testing';

/** What a service asked of the bus. */
export interface FoundFollowing {
	readonly service: ServiceName;
	readonly topics: readonly string[];
	readonly group: string;
	readonly retry: FollowOptions['retry'];
}

/** What services are made with here. */
interface World {
	readonly bus: Pick<EventBus, 'follow'>;
	/** A file of a service's own. */
	readonly file: (name: string) => string;
}

/** A service that is given no bus to follow can follow nothing: its type says so. */
type Maker<D> = D extends { readonly bus: Pick<EventBus, 'follow'> } ? never : 'follows nothing';

const cannotFollow: {
	readonly notification: Maker<NotificationServiceDeps>;
	readonly evidence: Maker<EvidenceServiceDeps>;
	readonly gateway: Maker<GatewayServiceDeps>;
} = { notification: 'follows nothing', evidence: 'follows nothing', gateway: 'follows nothing' };

/** Typed by the list of services, so that none can be missing. */
const makers: Readonly<Record<ServiceName, 'follows nothing' | ((world: World) => Service | Promise<Service>)>> = {
	...cannotFollow,
	'state-engine': ({ bus, file }) =>
		createStateEngineService({
			...common,
			bus,
			config: readConfig(stateEngineConfig, {}),
			store: openSqliteStateEngineStore({ path: file('state-engine.db') }),
		}),
	notifier: ({ bus, file }) =>
		createNotifierService({
			...common,
			bus,
			config: readConfig(notifierConfig, {}),
			store: openSqliteNotifierStore({ path: file('notifier.db') }),
		}),
	callback: async ({ bus, file }) =>
		createCallbackService({
			...common,
			bus,
			config: readConfig(callbackConfig, {}),
			store: openSqliteCallbackStore({ path: file('callback.db') }),
			secretsKeys: await openSecretsKeys({ file: file('callback-secrets.key') }),
		}),
};

const common = {
	clock: systemClock,
	logger: silentLogger,
	ownerId: 'documentation',
	notifications: nobody(NotificationServiceDefinition),
	evidences: nobody(EvidenceServiceDefinition),
};

/** What each service follows: asked of the service itself, started on a store of its own and a bus that only notes what is asked of it. */
export async function followings(): Promise<readonly FoundFollowing[]> {
	await using folder = temporaryFolder();
	const found: FoundFollowing[] = [];
	for (const [name, make] of Object.entries(makers)) {
		if (typeof make === 'string') continue;
		const service = await make({
			file: (file) => folder.join(file),
			bus: {
				follow: ({ topics, group, retry }) => {
					found.push({ service: name as ServiceName, topics, group, retry });
					return { stop: async () => {} };
				},
			},
		});
		try {
			await service.start();
		} finally {
			await service.stop();
		}
	}
	return found;
}

/** A client of a service that nothing calls: there are no events here. */
function nobody<D extends ServiceDefinition>(definition: D) {
	return inProcessClient<D>(() => {
		throw new Error(`${definition.fullName} is not here`);
	});
}
