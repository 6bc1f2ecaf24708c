import { runService } from '@fefaent/process';
import { s3Config, s3OptionsOf } from './blobs/s3-config.ts';
import { notificationConfig } from './config.ts';
import { createNotificationService } from './service.ts';
import { openMongoNotificationStore } from './store/mongo/store.ts';

await runService({
	name: 'notification',
	config: { ...notificationConfig, ...s3Config },
	make: async ({ mongo, ownerId, onError, ...context }) => {
		const s3 = s3OptionsOf(context.config);
		const store = openMongoNotificationStore({ ...mongo, owner: ownerId, onError });
		// Loaded only where it is used: its SDK takes its time.
		const objects = s3 && (await import('./blobs/s3.ts')).openS3Blobs(s3);
		return {
			services: [createNotificationService({ ...context, store, blobs: objects ?? store.blobs })],
			prepare: store.prepare,
			...(objects && { further: [{ what: 'the object store', prepare: objects.prepare }], close: objects.close }),
		};
	},
});
