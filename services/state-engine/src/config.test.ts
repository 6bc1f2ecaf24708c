import { backoffMs } from '@fefaent/kernel';
import { ConfigError, readConfig } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { backoffOf, calendarOf, checkLease, roundMsOf, stateEngineConfig } from './config.ts';

it('reads calendars, and refuses a zone or a period that is none', () => {
	expect(calendarOf(readConfig(stateEngineConfig, {})).periods.retention.toString()).toBe('P2M');
	const read = (env: Record<string, string>) => () => calendarOf(readConfig(stateEngineConfig, env));
	expect(read({ FEFAENT_STATE_ENGINE_ZONE: 'Europe/Nowhere' })).toThrow(ConfigError);
	expect(read({ FEFAENT_STATE_ENGINE_RETENTION: 'two months' })).toThrow(ConfigError);
	expect(read({ FEFAENT_STATE_ENGINE_RETENTION_GRACE: '7d' })).toThrow(ConfigError);
});

it('refuses a lease of timers that two batches of proofs may outlast', () => {
	const check = (issue: string, lease: string) => () =>
		checkLease(readConfig(stateEngineConfig, { FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: issue, FEFAENT_STATE_ENGINE_TIMER_LEASE: lease }));
	checkLease(readConfig(stateEngineConfig, {}));
	expect(check('10s', '30s')).not.toThrow();
	expect(check('10s', '29s')).toThrow(/FEFAENT_STATE_ENGINE_TIMER_LEASE is "29000ms": expected at least 30000 ms/);
	expect(check('10m', '1s')).toThrow(ConfigError);
	const config = readConfig(stateEngineConfig, {});
	expect(roundMsOf(config)).toBeLessThan(config.FEFAENT_STATE_ENGINE_TIMER_LEASE);
});

it('spreads the tries of a deposit over more than an hour by default', () => {
	const config = readConfig(stateEngineConfig, {});
	const waits = Array.from({ length: config.FEFAENT_STATE_ENGINE_DEPOSIT_TRIES - 1 }, (_, index) =>
		backoffMs(backoffOf(config), index + 1, () => 0.5),
	);
	expect(waits).toEqual([2_000, 8_000, 32_000, 128_000, 512_000, 2_048_000, 3_600_000]);
});
