import type { BackoffPolicy } from '@fefaent/kernel';
import { type Config, defineConfig, setting } from '@fefaent/service-kit';
import type { CalendarSettings } from './domain/calendar.ts';

/** What the state-engine can be told. */
export const stateEngineConfig = defineConfig({
	FEFAENT_STATE_ENGINE_ZONE: setting.string({
		default: 'Europe/Madrid',
		doc: 'Time zone (IANA name) in which days of expiry and months of retention are counted.',
	}),
	FEFAENT_STATE_ENGINE_RETENTION: setting.string({
		default: 'P2M',
		doc: 'How long a notification stays in the system after it was received (ISO 8601 duration); then it is exported and purged.',
	}),
	FEFAENT_STATE_ENGINE_RETENTION_GRACE: setting.string({
		default: 'P7D',
		doc: 'How long a notification stays at least after its last change of state (ISO 8601 duration), so that its end can be consulted and called back.',
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
	FEFAENT_STATE_ENGINE_TIMER_LANES: setting.int({ default: 3, min: 1, max: 16, doc: 'Batches of timers under way at once.' }),
	FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: setting.duration({
		default: 120_000,
		min: 100,
		doc: 'How long a batch of evidences may take to be made. Keep it longer than the time-stamping authority takes at its worst, and shorter than the lease of timers.',
	}),
	FEFAENT_STATE_ENGINE_TIMER_LEASE: setting.duration({
		default: 300_000,
		min: 1_000,
		doc: 'How long a replica may take to fire a timer before another one takes it over.',
	}),
	FEFAENT_STATE_ENGINE_SWEEP_AGE: setting.duration({
		default: 30_000,
		doc: 'Age from which a decision without proof is taken for left behind, and finished.',
	}),
	FEFAENT_STATE_ENGINE_SWEEP_EVERY: setting.duration({ default: 15_000, min: 10, doc: 'How often decisions left behind are looked for.' }),
});

/** Values of {@link stateEngineConfig}. */
export type StateEngineConfig = Config<typeof stateEngineConfig>;

/**
 * How calendars are read.
 * @throws RangeError for an unknown zone or a malformed duration
 */
export function calendarOf(config: StateEngineConfig): CalendarSettings {
	const zone = config.FEFAENT_STATE_ENGINE_ZONE;
	Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
	return {
		zone,
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
