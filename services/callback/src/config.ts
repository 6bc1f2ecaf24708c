import { CallbackForm } from '@fefaent/contracts/callback';
import { type Config, ConfigError, defineConfig, setting } from '@fefaent/service-kit';
import { exponential, type Schedule, webhookSchedule } from './domain/schedule.ts';

/** What the callback service can be told. */
export const callbackConfig = defineConfig({
	FEFAENT_CALLBACK_ALLOWED_NETWORKS: setting.networks({
		default: [],
		doc: 'Networks (CIDR) that callbacks may go to although they are private, loopback or otherwise not public, such as 127.0.0.0/8. Plain http is taken to them as well.',
	}),
	FEFAENT_CALLBACK_ALLOW_HTTP: setting.boolean({
		default: false,
		doc: 'Whether callbacks may go by plain http to public addresses. What is sent can then be read on its way.',
	}),
	FEFAENT_CALLBACK_ALLOWED_PORTS: setting.ports({ default: [], doc: 'Ports that callbacks may go to; none named: any.' }),
	FEFAENT_CALLBACK_SECRETS_KEY: setting.string({
		optional: true,
		secret: true,
		doc: 'Key that secrets of endpoints are encrypted with: 32 bytes in base64. Several, separated by commas: the first encrypts, all decrypt. Unset: a key file is made on first start.',
	}),
	FEFAENT_CALLBACK_EVENT_SOURCE: setting.string({
		default: 'urn:fefaent',
		doc: 'The `source` of CloudEvents (a URI reference) that names this installation.',
	}),
	FEFAENT_CALLBACK_MAX_IN_FLIGHT: setting.int({
		default: 256,
		min: 4,
		max: 4096,
		doc: 'Most requests under way at once to all endpoints that answer, besides one that each of them has for itself. An endpoint takes fewer than it leaves free. Those that fail are tried out apart, with a quarter of it.',
	}),
	FEFAENT_CALLBACK_CONNECT_TIMEOUT: setting.duration({
		default: 5_000,
		min: 10,
		doc: 'How long to wait for a connection, name resolution and TLS included.',
	}),
	FEFAENT_CALLBACK_RESPONSE_TIMEOUT: setting.duration({
		default: 15_000,
		min: 10,
		doc: 'How long to wait for the whole answer, from the request on.',
	}),
	FEFAENT_CALLBACK_ANSWER_MAX_BYTES: setting.int({ default: 262_144, min: 1024, unit: 'bytes', doc: 'Largest answer that is read.' }),
	FEFAENT_CALLBACK_RETRIES: setting.int({ default: 6, min: 0, max: 20, doc: 'Retries of the eNotumLite form after the first attempt.' }),
	FEFAENT_CALLBACK_RETRY_FIRST: setting.duration({
		default: 30_000,
		min: 1,
		doc: 'Wait of the eNotumLite form before the first retry; each further wait is three times as long. Random up to a fifth more.',
	}),
	FEFAENT_CALLBACK_RETRY_MAX: setting.duration({
		default: 7_200_000,
		min: 1,
		doc: 'Longest wait of the eNotumLite form between two attempts.',
	}),
	FEFAENT_CALLBACK_RETRY_AFTER_MAX: setting.duration({
		default: 3_600_000,
		min: 0,
		doc: 'Longest `Retry-After` of a receiver that is honoured.',
	}),
	FEFAENT_CALLBACK_LEASE: setting.duration({
		default: 60_000,
		min: 1_000,
		doc: 'How long a replica holds an endpoint without a sign of life before another one takes it over. At least twice `FEFAENT_CALLBACK_CONNECT_TIMEOUT`, `FEFAENT_CALLBACK_RESPONSE_TIMEOUT` and two seconds together.',
	}),
	FEFAENT_CALLBACK_LOG_RETENTION: setting.duration({
		default: 365 * 86_400_000,
		min: 60_000,
		doc: 'How long deliveries stay in the communication log after they were settled.',
	}),
});

/** Values of {@link callbackConfig}. */
export type CallbackConfig = Config<typeof callbackConfig>;

/** What is kept back of a lease for the recording of an attempt's outcome, real time in milliseconds. */
const recordingMs = 2_000;

/** Longest time that an attempt takes in all, real time in milliseconds. */
export function attemptMsOf(config: CallbackConfig): number {
	return config.FEFAENT_CALLBACK_CONNECT_TIMEOUT + config.FEFAENT_CALLBACK_RESPONSE_TIMEOUT;
}

/**
 * Checks that an attempt ends, and is recorded, before the lease that it began under does. It begins while at least half of the lease is left.
 * @throws ConfigError
 */
export function checkLease(config: CallbackConfig): void {
	const leastMs = 2 * (attemptMsOf(config) + recordingMs);
	if (config.FEFAENT_CALLBACK_LEASE >= leastMs) return;
	const expected = `at least ${leastMs} ms: twice FEFAENT_CALLBACK_CONNECT_TIMEOUT, FEFAENT_CALLBACK_RESPONSE_TIMEOUT and ${recordingMs} ms together`;
	throw new ConfigError([{ name: 'FEFAENT_CALLBACK_LEASE', value: `${config.FEFAENT_CALLBACK_LEASE}ms`, expected }]);
}

/** The schedule of a form. */
export function scheduleOf(config: CallbackConfig, form: CallbackForm): Schedule {
	if (form === CallbackForm.JSON) return webhookSchedule;
	return exponential(config.FEFAENT_CALLBACK_RETRIES, config.FEFAENT_CALLBACK_RETRY_FIRST, 3, config.FEFAENT_CALLBACK_RETRY_MAX);
}
