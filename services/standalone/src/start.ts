import { openSecretsKeys } from '@fefaent/callback';
import { openEmbeddedBus } from '@fefaent/event-bus';
import { type Clock, systemClock } from '@fefaent/kernel';
import { createLogger, type Env, type HealthReport, type Logger, startTelemetry } from '@fefaent/service-kit';
import { type ClientOptions, type Clients, clientsFor } from './clients.ts';
import { type Composition, compose } from './compose.ts';
import { openDataFolder } from './data-folder.ts';
import { standaloneError } from './errors.ts';
import { registerDemoIssuer, testServerCertificate } from './first-start.ts';
import { PersistentSandboxClock, readShift } from './sandbox/clock-file.ts';
import { type SandboxControl, sandboxControl } from './sandbox/control.ts';
import { readSettings, withQuickstart } from './settings.ts';
import { urlHost } from './url-host.ts';

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
	const folder = openDataFolder(basic.standalone.FEFAENT_DATA_DIR);
	const undo: (() => unknown)[] = [() => folder.release()];
	let stopped: Promise<void> | undefined;
	const stop = () => {
		stopped ??= (async () => {
			const failures: unknown[] = [];
			// One that fails keeps nobody else from being closed, least of all the lock of the folder.
			for (const step of undo.reverse()) await Promise.try(step).catch((error: unknown) => failures.push(error));
			if (failures.length > 0) throw new AggregateError(failures, 'not everything stopped in good order');
		})();
		return stopped;
	};
	try {
		const telemetry = await startTelemetry({ service: 'fefaent', endpoint: basic.standalone.OTEL_EXPORTER_OTLP_ENDPOINT });
		undo.push(() => telemetry.stop());
		const settings =
			basic.gateway.FEFAENT_GATEWAY_TLS_CERT_FILE === undefined && basic.standalone.FEFAENT_SANDBOX
				? readSettings({ ...env, ...(await tlsEnv(folder)) })
				: basic;
		const sandboxClock = settings.standalone.FEFAENT_SANDBOX ? new PersistentSandboxClock(folder.file('clock')) : undefined;
		if (!sandboxClock) refuseMovedTime(folder.file('clock'));
		const clock = sandboxClock ?? systemClock;
		const bus = openEmbeddedBus({
			path: folder.file('bus.db'),
			clock,
			retentionMs: settings.standalone.FEFAENT_EVENT_RETENTION,
			onError: (error, where) => logger.error({ err: error, where }, 'the event bus failed'),
		});
		undo.push(() => bus.close());
		const sandbox = sandboxClock && sandboxControl(sandboxClock, bus, () => composition.services);
		const secretsKeys = await openSecretsKeys({
			configured: settings.callback.FEFAENT_CALLBACK_SECRETS_KEY,
			file: folder.file('callback-secrets.key'),
		});
		const composition: Composition = compose({ settings, folder, clock, bus, logger, secretsKeys, sandbox, calls: options.calls ?? {} });
		for (const service of composition.services) undo.push(() => service.stop());
		for (const service of composition.services) await service.start();
		const { gateway, admin, services, readiness } = composition;
		if (settings.standalone.FEFAENT_SANDBOX) await registerDemoIssuer(gateway.directory);
		const host = urlHost(settings.gateway.FEFAENT_HOST);
		return {
			publicUrl: `http://${host}:${gateway.publicPort}`,
			mtlsUrl: gateway.mtlsPort === undefined ? undefined : `https://${host}:${gateway.mtlsPort}`,
			adminUrl: `http://${urlHost(admin.host)}:${admin.port}`,
			clients: clientsFor('standalone', () => services, options.calls),
			bus,
			clock,
			sandbox,
			directory: gateway.directory,
			readiness,
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** What a sandbox recorded ahead of time would lie in the future: such a folder is for sandboxes for good. */
function refuseMovedTime(clockFile: string): void {
	if (readShift(clockFile) === 0) return;
	throw standaloneError('CLOCK_AHEAD');
}

async function tlsEnv(folder: Parameters<typeof testServerCertificate>[0]): Promise<Env> {
	const { cert, key } = await testServerCertificate(folder);
	return { FEFAENT_GATEWAY_TLS_CERT_FILE: cert, FEFAENT_GATEWAY_TLS_KEY_FILE: key };
}
