import { callbackConfig } from '@fefaent/callback';
import { evidenceConfig } from '@fefaent/evidence';
import { adminConfig, gatewayConfig } from '@fefaent/gateway';
import { notificationConfig } from '@fefaent/notification';
import { notifierConfig } from '@fefaent/notifier';
import { ConfigError, type ConfigSchema, type Env, isLoopbackHost, readConfig, unknownSettings } from '@fefaent/service-kit';
import { stateEngineConfig } from '@fefaent/state-engine';
import { standaloneConfig } from './config.ts';

/** Every setting that the standalone process reads, by part. */
export const settings = {
	standalone: standaloneConfig,
	gateway: gatewayConfig,
	admin: adminConfig,
	notification: notificationConfig,
	'state-engine': stateEngineConfig,
	evidence: evidenceConfig,
	notifier: notifierConfig,
	callback: callbackConfig,
} as const;

/**
 * What makes the quickstart work out of the box on one's own machine: callers on loopback need no key, and callbacks may go to loopback. Each is an
 * ordinary setting that the environment overrides; none holds once the sandbox is off.
 */
const quickstart: Env = {
	FEFAENT_OPEN_LOOPBACK: 'true',
	FEFAENT_CALLBACK_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128',
};

/**
 * Adds the quickstart's presets to an environment, unless it turns the sandbox off. Loopback is opened only while nothing else can reach the public
 * port: who listens on more has left the one machine, and may well have put a proxy before it.
 */
export function withQuickstart(env: Env): Env {
	const { FEFAENT_SANDBOX: sandbox, FEFAENT_HOST: host } = readConfig(
		{ FEFAENT_SANDBOX: standaloneConfig.FEFAENT_SANDBOX, FEFAENT_HOST: gatewayConfig.FEFAENT_HOST },
		env,
	);
	if (!sandbox) return env;
	const { FEFAENT_OPEN_LOOPBACK: _, ...others } = quickstart;
	const presets = isLoopbackHost(host) ? quickstart : others;
	return { ...presets, ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')) };
}

/** Reads every part's settings. @throws ConfigError that names everything wrong in any of them */
export function readSettings(env: Env) {
	const problems: ConfigError['problems'][number][] = [];
	const read = <S extends ConfigSchema>(schema: S) => {
		try {
			return readConfig(schema, env);
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
			problems.push(...error.problems);
			return undefined;
		}
	};
	const parts = {
		standalone: read(settings.standalone),
		gateway: read(settings.gateway),
		admin: read(settings.admin),
		notification: read(settings.notification),
		stateEngine: read(settings['state-engine']),
		evidence: read(settings.evidence),
		notifier: read(settings.notifier),
		callback: read(settings.callback),
	};
	if (problems.length > 0) throw new ConfigError(problems);
	// Nothing was wrong, so nothing is undefined.
	return parts as { readonly [P in keyof typeof parts]: NonNullable<(typeof parts)[P]> };
}

/** Settings of all parts. */
export type Settings = ReturnType<typeof readSettings>;

/** The settings by part, with the schema that each was read by. */
export function settingsParts(values: Settings) {
	return (Object.keys(settings) as (keyof typeof settings)[]).map((part) => ({
		part,
		schema: settings[part],
		values: values[part === 'state-engine' ? 'stateEngine' : part],
	}));
}

/** A sentence for each `FEFAENT_` variable that nothing reads. Variables of tests and tools are left alone. */
export function slips(env: Env): readonly string[] {
	return unknownSettings(Object.values(settings), env)
		.filter(({ name }) => !/^FEFAENT_(TEST|FUZZ|KILL|SOAK|DSS|BENCH)_/.test(name))
		.map(({ name, meant }) => `${name} is no setting${meant === undefined ? '' : `: did you mean ${meant}?`}`);
}
