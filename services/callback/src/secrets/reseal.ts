import type { Logger } from '@fefaent/service-kit';
import type { EndpointRecord } from '../domain/endpoint.ts';
import { endpointPages } from '../store/pages.ts';
import type { CallbackStore } from '../store/port.ts';
import type { SecretsKeys } from './keys.ts';
import { isSealedWithOldKey, openSecrets, sealSecrets } from './seal.ts';

/** Encrypts anew what an old key encrypted, so that the old one can be taken away after a start. */
export async function resealSecrets(store: CallbackStore, keys: SecretsKeys, logger: Logger): Promise<void> {
	for await (const page of endpointPages(store)) {
		for (const record of page) if (isSealedWithOldKey(keys, record.sealedSecrets)) await reseal(record, store, keys, logger);
	}
}

async function reseal(record: EndpointRecord, store: CallbackStore, keys: SecretsKeys, logger: Logger): Promise<void> {
	const { id } = record.endpoint;
	try {
		const sealedSecrets = sealSecrets(keys, id, openSecrets(keys, id, record.sealedSecrets));
		// Lost to a change meanwhile: that one was sealed with the current key.
		await store.resealEndpoint(id, record.revision, sealedSecrets);
	} catch (error) {
		logger.error({ endpointId: id, err: error }, 'the key that encrypted the secrets of an endpoint is not at hand');
	}
}
