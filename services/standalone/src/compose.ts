import { createCallbackService, openSqliteCallbackStore, type SecretsKeys } from '@fefaent/callback';
import type { EmbeddedBus } from '@fefaent/event-bus';
import { createEvidenceService, openSqliteEvidenceStore } from '@fefaent/evidence';
import { type AdminService, createAdminService, createGatewayService, type GatewayService, openSqliteGatewayStore } from '@fefaent/gateway';
import type { Clock } from '@fefaent/kernel';
import { createNotificationService, openFolderBlobs, openSqliteNotificationStore } from '@fefaent/notification';
import { createNotifierService, openSqliteNotifierStore } from '@fefaent/notifier';
import { type Logger, type SandboxControl, type ServiceGroup, urlHost } from '@fefaent/service-kit';
import { createStateEngineService, openSqliteStateEngineStore } from '@fefaent/state-engine';
import { type ClientOptions, clientsFor } from './clients.ts';
import type { DataFolder } from './data-folder.ts';
import { type Settings, settingsParts } from './settings.ts';

/** What the services are made with. */
export interface Engines {
	readonly settings: Settings;
	readonly folder: DataFolder;
	readonly clock: Clock;
	readonly bus: EmbeddedBus;
	readonly logger: Logger;
	/** What the secrets of callback endpoints are encrypted with. */
	readonly secretsKeys: SecretsKeys;
	/** Absent where time cannot be moved. */
	readonly sandbox: SandboxControl | undefined;
	readonly calls: ClientOptions;
	/** Gets every service, and each store as soon as it is open. */
	readonly services: ServiceGroup;
}

/** The services that the outside reaches. */
export interface Composition {
	readonly gateway: GatewayService;
	readonly admin: AdminService;
}

/**
 * Wires the six services and the admin API over embedded engines. Starts nothing.
 * @throws DomainError of `storeErrors`, ConfigError for settings that do not fit together: stop the group then
 */
export function compose({ settings, folder, clock, bus, logger, secretsKeys, sandbox, calls, services }: Engines): Composition {
	// One process, one replica: the same name after every restart, so that leases of the process before are taken back at once.
	const ownerId = 'standalone';
	const base = (service: string) => ({
		clock,
		logger: logger.child({ component: service }),
		...clientsFor(service, services, calls),
	});
	const store = <S extends { close(): Promise<void> }>(open: (options: { readonly path: string }) => S, name: string): S =>
		services.keep(open({ path: folder.file(`${name}.db`) }));
	const readiness = () => services.readiness();

	services.add(
		createNotificationService({
			...base('notification'),
			config: settings.notification,
			bus,
			store: store(openSqliteNotificationStore, 'notification'),
			blobs: openFolderBlobs(folder.file('blobs')),
		}),
	);
	services.add(
		createEvidenceService({
			...base('evidence'),
			config: settings.evidence,
			store: store(openSqliteEvidenceStore, 'evidence'),
			trustFolder: folder.file('trust'),
		}),
	);
	services.add(
		createStateEngineService({
			...base('state-engine'),
			config: settings.stateEngine,
			bus,
			ownerId,
			store: store(openSqliteStateEngineStore, 'state-engine'),
		}),
	);
	services.add(
		createNotifierService({
			...base('notifier'),
			config: settings.notifier,
			bus,
			ownerId,
			store: store(openSqliteNotifierStore, 'notifier'),
		}),
	);
	services.add(
		createCallbackService({
			...base('callback'),
			config: settings.callback,
			bus,
			ownerId,
			store: store(openSqliteCallbackStore, 'callback'),
			secretsKeys,
		}),
	);
	const gateway = services.add(
		createGatewayService({
			...base('gateway'),
			config: settings.gateway,
			store: store(openSqliteGatewayStore, 'gateway'),
			readiness,
		}),
	);
	const admin = services.add(
		createAdminService({
			...base('admin'),
			config: settings.admin,
			directory: gateway.directory,
			deadLetters: bus,
			sandbox,
			readiness,
			settings: settingsParts(settings),
			publicUrl: () => `http://${urlHost(settings.gateway.FEFAENT_HOST)}:${gateway.publicPort}`,
		}),
	);
	return { gateway, admin };
}
