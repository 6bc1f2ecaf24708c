import { NotificationEvent, NotificationEventType, notificationTopic } from '@fefaent/contracts/events';
import { type Evidence, EvidenceServiceDefinition, type GetRequest as GetEvidences } from '@fefaent/contracts/evidence';
import { Dialect, type Notification, NotificationServiceDefinition, State } from '@fefaent/contracts/notification';
import type { NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import { type EmbeddedBus, openEmbeddedBus } from '@fefaent/event-bus';
import { SandboxClock, uuidv7 } from '@fefaent/kernel';
import {
	bind,
	type Env,
	type Handlers,
	inProcessClient,
	type Logger,
	type RpcBinding,
	type RpcClient,
	readConfig,
	silentLogger,
} from '@fefaent/service-kit';
import { eventually, type TemporaryFolder, temporaryFolder } from '@fefaent/testing';
import { notifierConfig } from '../config.ts';
import { sampleNotification } from '../domain/sample.ts';
import { createNotifierService, type NotifierService } from '../service.ts';
import type { NotifierStore } from '../store/port.ts';
import { openSqliteNotifierStore } from '../store/sqlite.ts';

/** A notifier at work on a real store and a real bus; the other two services answer from memory over their real contracts. */
export interface World extends AsyncDisposable {
	readonly folder: TemporaryFolder;
	readonly clock: SandboxClock;
	readonly bus: EmbeddedBus;
	/** What the notification service knows. */
	readonly notifications: Map<number, Notification>;
	/** What the evidence service knows. */
	readonly evidences: Evidence[];
	/** How often each of the other services was called. */
	readonly calls: { notifications: number; evidences: number };
	readonly store: NotifierStore;
	readonly service: NotifierService;
	readonly client: RpcClient<NotifierServiceDefinition>;
	/** Stops the service and starts another on the same store. */
	restart(env?: Env): Promise<void>;
	/** Publishes events, and waits until they had their effect and what is due was tried. */
	happen(...events: readonly NotificationEvent[]): Promise<void>;
	/** Moves time, and waits until what is due was tried. */
	advance(ms: number): Promise<void>;
}

/** Starts one. @param env settings of the notifier */
export async function startWorld(env: Env = {}, logger: Logger = silentLogger): Promise<World> {
	const folder = temporaryFolder();
	const clock = new SandboxClock();
	const bus = openEmbeddedBus({ path: folder.join('bus.db'), clock, retentionMs: 7 * 86_400_000 });
	const notifications = new Map<number, Notification>();
	const evidences: Evidence[] = [];
	const calls = { notifications: 0, evidences: 0 };
	const notificationHandlers: Partial<Handlers<NotificationServiceDefinition>> = {
		get: async ({ ids }) => {
			calls.notifications++;
			return { results: ids.map((id) => ({ id, notification: notifications.get(id) })) };
		},
	};
	const evidenceHandlers: Partial<Handlers<EvidenceServiceDefinition>> = {
		get: async ({ keys }: GetEvidences) => {
			calls.evidences++;
			const find = ({ notificationId, transition }: GetEvidences['keys'][number]) =>
				evidences.find((one) => one.notificationId === notificationId && one.transition === transition);
			return { results: keys.map((key) => ({ evidence: find(key) })) };
		},
	};
	let store: NotifierStore | undefined;
	const start = async (settings: Env): Promise<NotifierService> => {
		const opened = openSqliteNotifierStore({ path: folder.join('notifier.db') });
		store = opened;
		const service = createNotifierService({
			config: readConfig(notifierConfig, settings),
			clock,
			logger,
			store: opened,
			bus,
			notifications: inProcessClient(bind(NotificationServiceDefinition, notificationHandlers as Handlers<NotificationServiceDefinition>)),
			evidences: inProcessClient(bind(EvidenceServiceDefinition, evidenceHandlers as Handlers<EvidenceServiceDefinition>)),
			ownerId: 'notifier-1',
		});
		await service.start();
		return service;
	};
	let service = await start(env);
	let client = clientOf(service);
	const caughtUp = async (): Promise<void> => {
		await eventually(async () => (await bus.lag()).every(({ pending }) => pending === 0), { everyMs: 2 });
		await service.settled();
	};
	return {
		folder,
		clock,
		bus,
		notifications,
		evidences,
		calls,
		get store() {
			if (store === undefined) throw new Error('not started');
			return store;
		},
		get service() {
			return service;
		},
		get client() {
			return client;
		},
		restart: async (next = env) => {
			await service.stop();
			service = await start(next);
			client = clientOf(service);
		},
		happen: async (...events) => {
			await bus.publish(events.map((event) => message(event)));
			await caughtUp();
		},
		advance: async (ms) => {
			clock.advance(ms);
			await service.settled();
		},
		[Symbol.asyncDispose]: async () => {
			await service.stop();
			await bus.close();
			await folder.remove();
		},
	};
}

function clientOf(service: NotifierService): RpcClient<NotifierServiceDefinition> {
	return inProcessClient(service.rpc[0] as RpcBinding<NotifierServiceDefinition>);
}

function message(event: NotificationEvent) {
	return {
		id: event.id,
		topic: notificationTopic,
		key: String(event.notificationId),
		type: event.type,
		at: event.at ?? new Date(),
		headers: {},
		body: NotificationEvent.encode(event).finish(),
	};
}

/** An event about a notification. */
export function eventOf(notification: Notification, over: Partial<NotificationEvent> = {}): NotificationEvent {
	return {
		id: uuidv7(new Date()),
		notificationId: notification.id,
		version: notification.version,
		type: NotificationEventType.STATE_CHANGED,
		state: notification.state,
		previousState: State.ENTERED,
		at: notification.depositedAt,
		issuerCode: notification.draft?.issuer?.code ?? '',
		evidenceId: '',
		dialect: Dialect.ENOTUMLITE_HEAD,
		expiryDays: 10,
		firstNotice: true,
		reminder: true,
		receivedAt: notification.receivedAt,
		...over,
	};
}

/** A deposited notification, to its two recipients unless told otherwise. */
export function depositedNotification(id: number, recipients = sampleNotification.draft?.recipients ?? []): Notification {
	const draft = sampleNotification.draft;
	return { ...sampleNotification, id, draft: draft && { ...draft, recipients } };
}
