import { runService } from '@fefaent/process';
import { notifierConfig } from './config.ts';
import { createNotifierService } from './service.ts';
import { openMongoNotifierStore } from './store/mongo/store.ts';

await runService({
	name: 'notifier',
	config: notifierConfig,
	make: ({ mongo, ownerId, onError, clients, ...context }) => {
		const store = openMongoNotifierStore({ ...mongo, owner: ownerId, onError });
		return { services: [createNotifierService({ ...context, ...clients, ownerId, store })], prepare: () => store.prepare() };
	},
});
