import type { Clock } from '@fefaent/kernel';
import type { Reach } from '../http/addresses.ts';
import type { SecretsKeys } from '../secrets/keys.ts';
import type { CallbackStore } from '../store/port.ts';

/** What the handlers work with. */
export interface HandlerDeps {
	readonly clock: Clock;
	readonly store: CallbackStore;
	readonly secretsKeys: SecretsKeys;
	readonly reach: Reach;
}
