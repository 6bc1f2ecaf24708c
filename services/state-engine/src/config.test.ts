import { backoffMs } from '@fefaent/kernel';
import { readConfig } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { backoffOf, calendarOf, stateEngineConfig } from './config.ts';

it('reads calendars, and refuses a zone or a period that is none', () => {
	expect(calendarOf(readConfig(stateEngineConfig, {})).periods.retention.toString()).toBe('P2M');
	const read = (env: Record<string, string>) => () => calendarOf(readConfig(stateEngineConfig, env));
	expect(read({ FEFAENT_STATE_ENGINE_ZONE: 'Europe/Nowhere' })).toThrow(RangeError);
	expect(read({ FEFAENT_STATE_ENGINE_RETENTION: 'two months' })).toThrow(RangeError);
	expect(read({ FEFAENT_STATE_ENGINE_RETENTION_GRACE: '7d' })).toThrow(RangeError);
});

it('spreads the tries of a deposit over more than an hour by default', () => {
	const config = readConfig(stateEngineConfig, {});
	const waits = Array.from({ length: config.FEFAENT_STATE_ENGINE_DEPOSIT_TRIES - 1 }, (_, index) =>
		backoffMs(backoffOf(config), index + 1, () => 0.5),
	);
	expect(waits).toEqual([2_000, 8_000, 32_000, 128_000, 512_000, 2_048_000, 3_600_000]);
});
