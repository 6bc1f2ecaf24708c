import { openSecretsKeys } from '@fefaent/callback';
import { openEmbeddedBus } from '@fefaent/event-bus';
import { type Clock, systemClock } from '@fefaent/kernel';
import {
	createLogger,
	type Env,
	type HealthReport,
	type Logger,
	type SandboxControl,
	ServiceGroup,
	sandboxControl,
	startTelemetry,
	urlHost,
} from '@fefaent/service-kit';
import { type ClientOptions, type Clients, clientsFor } from './clients.ts';
import { type Composition, compose } from './compose.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { standaloneError } from './errors.ts';
import { registerDemoIssuer, withTestTls } from './first-start.ts';
import { PersistentSandboxClock, readShift } from './sandbox/clock-file.ts';
import { readSettings, type Settings, withQuickstart } from './settings.ts';

/** How a standalone installation is started. */
export interface StartOptions {
	/** Its settings, as environment variables. */
	readonly env: Env;
	/** Default: lines on standard error at the level that the settings name. */
	readonly logger?: Logger;
	/** How services of the process call each other. */
	readonly calls?: ClientOptions;
}

/** A running standalone installation. */
export interface Standalone {
	/** Base URL of the public faces. */
	readonly publicUrl: string;
	/** The same over TLS with client certificates; undefined where it is not served. */
	readonly mtlsUrl: string | undefined;
	readonly adminUrl: string;
	readonly clients: Clients;
	readonly bus: ReturnType<typeof openEmbeddedBus>;
	readonly clock: Clock;
	/** Undefined where time cannot be moved. */
	readonly sandbox: SandboxControl | undefined;
	readonly directory: Composition['gateway']['directory'];
	readiness(): Promise<HealthReport>;
	/** Drains every service, then lets go of the data folder. Safe to call twice. */
	stop(): Promise<void>;
}

/**
 * Starts all services in this process on embedded engines.
 * @throws ConfigError for wrong settings; DomainError DATA_FOLDER_IN_USE; what a service's start throws. Nothing is left running then.
 */
export async function startStandalone(options: StartOptions): Promise<Standalone> {
	const env = withQuickstart(options.env);
	const basic = readSettings(env);
	const logger = options.logger ?? createLogger({ service: 'standalone', level: basic.standalone.FEFAENT_LOG_LEVEL, destination: 2 });
	const folder = await openDataFolder(basic.standalone.FEFAENT_DATA_DIR);
	// Closed in reverse order. One that fails keeps nobody else from being closed, least of all the lock of the folder.
	const opened = new AsyncDisposableStack();
	opened.defer(() => folder.release());
	let stopped: Promise<void> | undefined;
	const stop = () => {
		stopped ??= opened.disposeAsync();
		return stopped;
	};
	try {
		const telemetry = await startTelemetry({ service: 'fefaent', endpoint: basic.standalone.OTEL_EXPORTER_OTLP_ENDPOINT });
		opened.defer(() => telemetry.stop());
		const settings = basic.standalone.FEFAENT_SANDBOX ? readSettings(await withTestTls(env, folder)) : basic;
		const sandboxClock = clockOf(settings, folder);
		const clock = sandboxClock ?? systemClock;
		const bus = openEmbeddedBus({
			path: folder.file('bus.db'),
			clock,
			retentionMs: settings.standalone.FEFAENT_EVENT_RETENTION,
			onError: (error, where) => logger.error({ err: error, where }, 'the event bus failed'),
		});
		opened.defer(() => bus.close());
		const secretsKeys = await openSecretsKeys({
			configured: settings.callback.FEFAENT_CALLBACK_SECRETS_KEY,
			file: folder.file('callback-secrets.key'),
		});
		const services = new ServiceGroup();
		opened.defer(() => services.stop());
		const sandbox = sandboxClock && sandboxControl({ clock: sandboxClock, bus, services });
		const calls = options.calls ?? {};
		const { gateway, admin } = compose({ settings, folder, clock, bus, logger, secretsKeys, sandbox, calls, services });
		await services.start();
		if (settings.standalone.FEFAENT_SANDBOX) await registerDemoIssuer(gateway.directory);
		const host = urlHost(settings.gateway.FEFAENT_HOST);
		return {
			publicUrl: `http://${host}:${gateway.publicPort}`,
			mtlsUrl: gateway.mtlsPort === undefined ? undefined : `https://${host}:${gateway.mtlsPort}`,
			adminUrl: `http://${urlHost(admin.host)}:${admin.port}`,
			clients: clientsFor('standalone', services, calls),
			bus,
			clock,
			sandbox,
			directory: gateway.directory,
			readiness: () => services.readiness(),
			stop,
		};
	} catch (error) {
		// Who starts it is to learn why it did not start, whatever comes after that.
		await stop().catch((err: unknown) => logger.error({ err }, 'not everything stopped in good order'));
		throw error;
	}
}

/**
 * A clock that can be moved, in a sandbox; undefined where time is the machine's.
 * @throws DomainError CLOCK_AHEAD: what a sandbox recorded ahead of time would lie in the future, so such a folder is for sandboxes for good
 */
function clockOf({ standalone }: Settings, folder: DataFolder): PersistentSandboxClock | undefined {
	const file = folder.file('clock');
	if (standalone.FEFAENT_SANDBOX) return new PersistentSandboxClock(file);
	if (readShift(file) !== 0) throw standaloneError('CLOCK_AHEAD');
	return undefined;
}
