import { NotificationEvent, notificationTopic } from '@fefaent/contracts/events';
import {
	ClaimOutcome,
	type Created,
	type Draft,
	type NotificationServiceDefinition,
	type Transition,
} from '@fefaent/contracts/notification';
import type { BusMessage } from '@fefaent/event-bus';
import { type EmbeddedBus, openEmbeddedBus } from '@fefaent/event-bus';
import { ManualClock } from '@fefaent/kernel';
import { type Env, inProcessClient, type RpcBinding, type RpcClient, readConfig, type Service, silentLogger } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { openFolderBlobs } from '../blobs/folder.ts';
import type { BlobStore } from '../blobs/port.ts';
import { notificationConfig } from '../config.ts';
import { createNotificationService } from '../service.ts';
import { openSqliteNotificationStore } from '../store/sqlite.ts';
import { claimItem, completeItem, draft, noon } from './fixtures.ts';

/** A notification service on real files, asked over the serialising transport. */
export interface Harness extends AsyncDisposable {
	readonly clock: ManualClock;
	readonly service: Service;
	readonly client: RpcClient<typeof NotificationServiceDefinition>;
	readonly bus: EmbeddedBus;
	/** Ends the service and starts another one on the same files. */
	restart(): Promise<void>;
	/** Creates one notification. @returns its id */
	created(change?: Partial<Draft>): Promise<number>;
	/** Decides and completes transitions of a notification. */
	walk(id: number, ...path: readonly Transition[]): Promise<void>;
	/** What was published so far, as a consumer group of that name sees it. */
	published(count: number): Promise<readonly { readonly message: BusMessage; readonly event: NotificationEvent }[]>;
}

/** How it is opened. */
export interface HarnessOptions {
	/** Whether events are relayed from the start; default true. */
	readonly started?: boolean;
	readonly env?: Env;
	/** Where exports go; default a folder. */
	readonly blobs?: BlobStore;
}

/** Opens one of a test's own. */
export async function harness(options: HarnessOptions = {}): Promise<Harness> {
	const folder = temporaryFolder();
	const clock = new ManualClock(noon);
	const bus = openEmbeddedBus({ path: folder.join('bus.db'), clock, retentionMs: 86_400_000 });
	const blobs = options.blobs ?? openFolderBlobs(folder.join('blobs'));
	const open = () =>
		createNotificationService({
			config: readConfig(notificationConfig, options.env ?? {}),
			clock,
			logger: silentLogger,
			store: openSqliteNotificationStore({ path: folder.join('notification.db') }),
			blobs,
			bus,
		});
	let service = open();
	if (options.started !== false) await service.start();
	const clientOf = (to: Service) =>
		inProcessClient(to.rpc[0] as RpcBinding<typeof NotificationServiceDefinition>, { caller: 'test', serialise: true });
	let client = clientOf(service);
	let groups = 0;
	return {
		clock,
		bus,
		get client() {
			return client;
		},
		get service() {
			return service;
		},
		restart: async () => {
			await service.stop();
			service = open();
			client = clientOf(service);
			await service.start();
		},
		created: async (change = {}) => createdOf((await client.create({ drafts: [draft(change)] })).results[0]).id,
		walk: async (id, ...path) => {
			for (const transition of path) {
				clock.advance(1000);
				const { results } = await client.claim({ items: [claimItem(id, transition)] });
				if (results[0]?.outcome !== ClaimOutcome.CLAIMED) throw new Error(`${transition} was answered ${results[0]?.outcome}`);
				await client.complete({ items: [completeItem(id, transition)] });
			}
		},
		published: async (count) => {
			const seen: { message: BusMessage; event: NotificationEvent }[] = [];
			const enough = Promise.withResolvers<void>();
			const following = bus.follow({
				topics: [notificationTopic],
				group: `test-${groups++}`,
				handle: async (batch) => {
					seen.push(...batch.map((message) => ({ message, event: NotificationEvent.decode(message.body) })));
					if (seen.length >= count) enough.resolve();
					return batch.map(() => ({ kind: 'done' }));
				},
			});
			await Promise.race([enough.promise, deadline(`only ${count} events`)]);
			await following.stop();
			return seen;
		},
		[Symbol.asyncDispose]: async () => {
			await service.stop();
			await bus.close();
			await folder.remove();
		},
	};
}

/** What a draft became. @throws Error when it was refused */
export function createdOf(
	result: { readonly outcome?: { readonly $case: string; readonly value: unknown } | undefined } | undefined,
): Created {
	if (result?.outcome?.$case !== 'created') throw new Error('the draft was refused');
	return result.outcome.value as Created;
}

function deadline(what: string): Promise<never> {
	return new Promise((_, reject) => {
		setTimeout(() => reject(new Error(`timed out: ${what}`)), 10_000).unref();
	});
}
