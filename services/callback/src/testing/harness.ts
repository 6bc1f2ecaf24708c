import {
	type CallbackServiceDefinition,
	type Delivery,
	DeliveryState,
	type Endpoint,
	type EndpointSecrets,
} from '@fefaent/contracts/callback';
import { NotificationEvent, notificationTopic } from '@fefaent/contracts/events';
import type { State } from '@fefaent/contracts/notification';
import { type EmbeddedBus, openEmbeddedBus } from '@fefaent/event-bus';
import { ManualClock } from '@fefaent/kernel';
import { type Env, inProcessClient, type RpcBinding, type RpcClient, readConfig, silentLogger } from '@fefaent/service-kit';
import { eventually, temporaryFolder } from '@fefaent/testing';
import { callbackConfig } from '../config.ts';
import type { Resolve } from '../http/resolve.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { type CallbackService, createCallbackService } from '../service.ts';
import { openSqliteCallbackStore } from '../store/sqlite.ts';
import { changed, endpoint, noon } from './fixtures.ts';
import { type Neighbours, neighbours } from './sources.ts';

/** A callback service on real files and sockets. */
export interface Harness extends AsyncDisposable {
	readonly clock: ManualClock;
	readonly bus: EmbeddedBus;
	readonly client: RpcClient<typeof CallbackServiceDefinition>;
	readonly neighbours: Neighbours;
	readonly service: CallbackService;
	/** Ends the service; `start` opens another one on the same files. */
	stop(): Promise<void>;
	start(): Promise<void>;
	/** Stores an endpoint. @returns it, with what is told once */
	endpoint(
		change: Partial<Endpoint> & Pick<Endpoint, 'url'>,
		secrets?: Partial<EndpointSecrets>,
	): Promise<Endpoint & { readonly webhookSecret: string }>;
	/** Publishes changes of state, each of a notification. */
	change(...changes: readonly (readonly [notificationId: number, state: State] | NotificationEvent)[]): Promise<void>;
	/** The deliveries recorded so far. */
	deliveries(filter?: { readonly notificationId?: number; readonly endpointId?: string }): Promise<readonly Delivery[]>;
	/** Waits until a notification's deliveries are in these states, in order of recording. */
	settled(notificationId: number, ...states: readonly DeliveryState[]): Promise<readonly Delivery[]>;
	/** Waits until a notification's first delivery has so many attempts. */
	attempts(notificationId: number, count: number): Promise<Delivery>;
}

/** Settings that let tests reach loopback, in bearable time. */
export const testEnv: Env = {
	FEFAENT_CALLBACK_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128',
	FEFAENT_CALLBACK_CONNECT_TIMEOUT: '400ms',
	FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '400ms',
};

/** Opens an installation with nothing in it. */
export async function harness(options: { readonly env?: Env; readonly resolve?: Resolve } = {}): Promise<Harness> {
	const folder = temporaryFolder();
	const clock = new ManualClock(noon);
	const bus = openEmbeddedBus({ path: folder.join('bus.db'), clock, retentionMs: 86_400_000 });
	const { known, notifications, evidences } = neighbours();
	const secretsKeys = await openSecretsKeys({ file: folder.join('secrets.key') });
	const open = () =>
		createCallbackService({
			config: readConfig(callbackConfig, { ...testEnv, ...options.env }),
			clock,
			logger: silentLogger,
			store: openSqliteCallbackStore({ path: folder.join('callback.db') }),
			bus,
			notifications,
			evidences,
			ownerId: 'test',
			secretsKeys,
			...(options.resolve && { resolve: options.resolve }),
		});
	let service = open();
	await service.start();
	const client = inProcessClient(
		new Proxy({} as RpcBinding<typeof CallbackServiceDefinition>, { get: (_, name) => Reflect.get(service.rpc[0] as object, name) }),
		{ caller: 'test', serialise: true },
	);
	const deliveries: Harness['deliveries'] = async ({ notificationId, endpointId = '' } = {}) => {
		const notificationIds = notificationId === undefined ? [] : [notificationId];
		return (await client.listDeliveries({ notificationIds, endpointId, state: DeliveryState.UNSPECIFIED, limit: 500 })).deliveries;
	};
	return {
		clock,
		bus,
		client,
		neighbours: known,
		get service() {
			return service;
		},
		stop: () => service.stop(),
		start: async () => {
			service = open();
			await service.start();
		},
		endpoint: async (change, secrets) => {
			const given = secrets && { secret: '', clientCertificatePem: '', clientKeyPem: '', ...secrets };
			const { endpoint: stored, webhookSecret } = await client.putEndpoint({ endpoint: endpoint(change), secrets: given });
			if (stored === undefined) throw new Error('no endpoint in the answer');
			return { ...stored, webhookSecret };
		},
		change: async (...changes) => {
			const events = changes.map((one) => ('notificationId' in one ? one : changed(one[0], one[1], clock.now())));
			await bus.publish(events.map(messageOf));
		},
		deliveries,
		settled: (notificationId, ...states) =>
			eventually(async () => {
				const found = await deliveries({ notificationId });
				const seen = found.map(({ state }) => state);
				if (seen.join() !== states.join()) throw new Error(`${seen.join()}: ${found.map((one) => one.attempts.at(-1)?.failure).join()}`);
				return found;
			}),
		attempts: (notificationId, count) =>
			eventually(async () => {
				const [first] = await deliveries({ notificationId });
				if (first?.attempts.length !== count) throw new Error(`${first?.attempts.length} attempts`);
				return first;
			}),
		[Symbol.asyncDispose]: async () => {
			await service.stop();
			await bus.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

/** An event as it travels. */
export function messageOf(event: NotificationEvent) {
	return {
		id: event.id,
		topic: notificationTopic,
		key: String(event.notificationId),
		type: event.type,
		at: event.at ?? noon,
		headers: {},
		body: NotificationEvent.encode(event).finish(),
	};
}
