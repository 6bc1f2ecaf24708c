import type { BackoffPolicy } from '@fefaent/kernel';
import { type Config, ConfigError, defineConfig, setting } from '@fefaent/service-kit';
import type { CalendarSettings } from './domain/calendar.ts';

/** What the state-engine can be told. */
export const stateEngineConfig = defineConfig({
	FEFAENT_STATE_ENGINE_ZONE: setting.zone({
		default: 'Europe/Madrid',
		doc: 'Time zone in which days of expiry and months of retention are counted.',
	}),
	FEFAENT_STATE_ENGINE_RETENTION: setting.period({
		default: 'P2M',
		doc: 'How long a notification stays in the system after it was received; then it is exported and purged.',
	}),
	FEFAENT_STATE_ENGINE_RETENTION_GRACE: setting.period({
		default: 'P7D',
		doc: 'How long a notification stays at least after its last change of state, so that its end can be consulted and called back.',
	}),
	FEFAENT_STATE_ENGINE_DEPOSIT_TRIES: setting.int({
		default: 8,
		min: 1,
		max: 100,
		doc: 'How often a deposit is tried before the notification fails.',
	}),
	FEFAENT_STATE_ENGINE_RETRY_FIRST: setting.duration({
		default: 2_000,
		min: 10,
		doc: 'Wait before the second try of a timer; each further wait is four times as long.',
	}),
	FEFAENT_STATE_ENGINE_RETRY_MAX: setting.duration({
		default: 3_600_000,
		min: 10,
		doc: 'Longest wait between two tries of a timer.',
	}),
	FEFAENT_STATE_ENGINE_TIMER_BATCH: setting.int({ default: 100, min: 1, max: 100, doc: 'Most timers that fire together.' }),
	FEFAENT_STATE_ENGINE_TIMER_LANES: setting.int({
		default: 3,
		min: 1,
		max: 16,
		doc: 'Batches of timers under way at once whose work has to be proved. What needs no proof, such as reminders and purges, has a lane besides.',
	}),
	FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: setting.duration({
		default: 120_000,
		min: 100,
		doc: 'How long a batch of evidences may take to be made. Keep it longer than the time-stamping authority takes at its worst.',
	}),
	FEFAENT_STATE_ENGINE_TIMER_LEASE: setting.duration({
		default: 300_000,
		min: 1_000,
		doc: 'How long a replica may take to fire a timer before another one takes it over. At least twice `FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT` and ten seconds.',
	}),
	FEFAENT_STATE_ENGINE_SWEEP_AGE: setting.duration({
		default: 30_000,
		doc: 'Age from which a decision without proof is taken for left behind, and finished.',
	}),
	FEFAENT_STATE_ENGINE_SWEEP_EVERY: setting.duration({ default: 15_000, min: 10, doc: 'How often decisions left behind are looked for.' }),
});

/** Values of {@link stateEngineConfig}. */
export type StateEngineConfig = Config<typeof stateEngineConfig>;

/** What is kept back of a lease for the recording of what became of its timers, real time in milliseconds. */
const recordingMs = 2_000;

/** What a batch may need besides its proofs, for claims and completions; real time in milliseconds. */
const decidingMs = 8_000;

/** How long a batch of timers may take in all, real time in milliseconds. */
export function roundMsOf(config: StateEngineConfig): number {
	return config.FEFAENT_STATE_ENGINE_TIMER_LEASE - recordingMs;
}

/**
 * Checks that a batch of timers ends, and is recorded, before its lease does: a decision that stands in the way is proved first, then the own.
 * @throws ConfigError
 */
export function checkLease(config: StateEngineConfig): void {
	const leastMs = 2 * config.FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT + decidingMs + recordingMs;
	if (config.FEFAENT_STATE_ENGINE_TIMER_LEASE >= leastMs) return;
	const expected = `at least ${leastMs} ms: twice FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT and ${decidingMs + recordingMs} ms`;
	const value = `${config.FEFAENT_STATE_ENGINE_TIMER_LEASE}ms`;
	throw new ConfigError([{ name: 'FEFAENT_STATE_ENGINE_TIMER_LEASE', value, expected }]);
}

/** How calendars are read. */
export function calendarOf(config: StateEngineConfig): CalendarSettings {
	return {
		zone: config.FEFAENT_STATE_ENGINE_ZONE,
		periods: {
			retention: Temporal.Duration.from(config.FEFAENT_STATE_ENGINE_RETENTION),
			grace: Temporal.Duration.from(config.FEFAENT_STATE_ENGINE_RETENTION_GRACE),
		},
	};
}

/** How far apart the tries of a timer are; real time. */
export function backoffOf(config: StateEngineConfig): BackoffPolicy {
	return { firstMs: config.FEFAENT_STATE_ENGINE_RETRY_FIRST, factor: 4, maxMs: config.FEFAENT_STATE_ENGINE_RETRY_MAX, jitter: 0.2 };
}
