import type { Logger } from '@fefaent/service-kit';
import type { CallbackStore } from '../store/port.ts';
import type { SecretsKeys } from './keys.ts';
import { isSealedWithOldKey, openSecrets, sealSecrets } from './seal.ts';

/** Encrypts anew what an old key encrypted, so that the old one can be taken away after a start. */
export async function resealSecrets(store: CallbackStore, keys: SecretsKeys, logger: Logger): Promise<void> {
	for (const record of await store.allEndpoints()) {
		if (!isSealedWithOldKey(keys, record.sealedSecrets)) continue;
		const { id } = record.endpoint;
		try {
			const sealedSecrets = sealSecrets(keys, id, openSecrets(keys, id, record.sealedSecrets));
			// Lost to a change meanwhile: that one was sealed with the current key.
			await store.putEndpoint({ ...record, sealedSecrets, revision: record.revision + 1 });
		} catch (error) {
			logger.error({ endpointId: id, err: error }, 'the key that encrypted the secrets of an endpoint is not at hand');
		}
	}
}
