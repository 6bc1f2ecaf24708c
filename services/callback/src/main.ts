import { join } from 'node:path';
import { runService } from '@fefaent/process';
import { callbackConfig } from './config.ts';
import { openSecretsKeys } from './secrets/keys.ts';
import { createCallbackService } from './service.ts';
import { openMongoCallbackStore } from './store/mongo/store.ts';

await runService({
	name: 'callback',
	config: callbackConfig,
	make: async ({ mongo, ownerId, onError, clients, process, ...context }) => {
		const secretsKeys = await openSecretsKeys({
			configured: context.config.FEFAENT_CALLBACK_SECRETS_KEY,
			file: join(process.FEFAENT_DATA_DIR, 'callback-secrets.key'),
		});
		const store = openMongoCallbackStore({ ...mongo, owner: ownerId, onError });
		return { services: [createCallbackService({ ...context, ...clients, ownerId, store, secretsKeys })], prepare: () => store.prepare() };
	},
});
