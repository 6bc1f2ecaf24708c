import { createCallbackService, openSqliteCallbackStore, type SecretsKeys } from '@fefaent/callback';
import type { EmbeddedBus } from '@fefaent/event-bus';
import { createEvidenceService, openSqliteEvidenceStore } from '@fefaent/evidence';
import { type AdminService, createAdminService, createGatewayService, type GatewayService, openSqliteGatewayStore } from '@fefaent/gateway';
import type { Clock } from '@fefaent/kernel';
import { createNotificationService, openFolderBlobs, openSqliteNotificationStore } from '@fefaent/notification';
import { createNotifierService, openSqliteNotifierStore } from '@fefaent/notifier';
import { combineReports, type HealthReport, type Logger, type Service } from '@fefaent/service-kit';
import { createStateEngineService, openSqliteStateEngineStore } from '@fefaent/state-engine';
import { type ClientOptions, clientsFor } from './clients.ts';
import type { DataFolder } from './data-folder.ts';
import type { SandboxControl } from './sandbox/control.ts';
import { type Settings, settingsParts } from './settings.ts';
import { urlHost } from './url-host.ts';

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
}

/** Every service of the process. */
export interface Composition {
	readonly gateway: GatewayService;
	readonly admin: AdminService;
	/** In the order in which they start; they stop the other way round. */
	readonly services: readonly Service[];
	readiness(): Promise<HealthReport>;
}

/** Wires the six services and the admin API over embedded engines. Starts nothing. */
export function compose({ settings, folder, clock, bus, logger, secretsKeys, sandbox, calls }: Engines): Composition {
	// One process, one replica: the same name after every restart, so that leases of the process before are taken back at once.
	const ownerId = 'standalone';
	const services: Service[] = [];
	const base = (service: string) => ({
		clock,
		logger: logger.child({ component: service }),
		...clientsFor(service, () => services, calls),
	});
	const readiness = async () =>
		combineReports(Object.fromEntries(await Promise.all(services.map(async (one) => [one.name, await one.readiness()] as const))));

	const notification = createNotificationService({
		...base('notification'),
		config: settings.notification,
		bus,
		store: openSqliteNotificationStore({ path: folder.file('notification.db') }),
		blobs: openFolderBlobs(folder.file('blobs')),
	});
	const evidence = createEvidenceService({
		...base('evidence'),
		config: settings.evidence,
		store: openSqliteEvidenceStore({ path: folder.file('evidence.db') }),
		trustFolder: folder.file('trust'),
	});
	const stateEngine = createStateEngineService({
		...base('state-engine'),
		config: settings.stateEngine,
		bus,
		ownerId,
		store: openSqliteStateEngineStore({ path: folder.file('state-engine.db') }),
	});
	const notifier = createNotifierService({
		...base('notifier'),
		config: settings.notifier,
		bus,
		ownerId,
		store: openSqliteNotifierStore({ path: folder.file('notifier.db') }),
	});
	const callback = createCallbackService({
		...base('callback'),
		config: settings.callback,
		bus,
		ownerId,
		store: openSqliteCallbackStore({ path: folder.file('callback.db') }),
		secretsKeys,
	});
	const gateway = createGatewayService({
		...base('gateway'),
		config: settings.gateway,
		store: openSqliteGatewayStore({ path: folder.file('gateway.db') }),
		readiness,
	});
	const admin = createAdminService({
		...base('admin'),
		config: settings.admin,
		directory: gateway.directory,
		deadLetters: bus,
		sandbox,
		readiness,
		settings: settingsParts(settings),
		publicUrl: () => `http://${urlHost(settings.gateway.FEFAENT_HOST)}:${gateway.publicPort}`,
	});
	services.push(notification, evidence, stateEngine, notifier, callback, gateway, admin);
	return { gateway, admin, services, readiness };
}
