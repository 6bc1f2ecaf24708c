import { ConfigError, readConfig } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { checkSealingTimeout, evidenceConfig } from './config.ts';

it('refuses a time for sealing that the tries of one time-stamp outlast', () => {
	const check = (sealing: string, stamp: string) => () =>
		checkSealingTimeout(readConfig(evidenceConfig, { FEFAENT_EVIDENCE_SEALING_TIMEOUT: sealing, FEFAENT_EVIDENCE_TSA_TIMEOUT: stamp }));
	expect(() => checkSealingTimeout(readConfig(evidenceConfig, {}))).not.toThrow();
	expect(check('31s', '10s')).not.toThrow();
	expect(check('30s', '10s')).toThrow(ConfigError);
	expect(check('30s', '10s')).toThrow(/FEFAENT_EVIDENCE_SEALING_TIMEOUT is "30000ms": expected more than 30000 ms/);
});
