import { runService } from '@fefaent/process';
import { notificationConfig } from './config.ts';
import { createNotificationService } from './service.ts';
import { openMongoNotificationStore } from './store/mongo/store.ts';

await runService({
	name: 'notification',
	config: notificationConfig,
	callers: {
		gateway: ['create', 'get', 'search', 'getExport'],
		'state-engine': ['get', 'claim', 'complete', 'listClaims', 'remind', 'export', 'purge'],
		notifier: ['get'],
		callback: ['get'],
	},
	make: ({ mongo, ownerId, onError, ...context }) => {
		const store = openMongoNotificationStore({ ...mongo, owner: ownerId, onError });
		return { services: [createNotificationService({ ...context, store, blobs: store.blobs })], prepare: store.prepare };
	},
});
