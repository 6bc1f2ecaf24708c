import { runService } from '@fefaent/process';
import { stateEngineConfig } from './config.ts';
import { createStateEngineService } from './service.ts';
import { openMongoStateEngineStore } from './store/mongo/store.ts';

await runService({
	name: 'state-engine',
	config: stateEngineConfig,
	make: ({ mongo, ownerId, onError, clients, ...context }) => {
		const store = openMongoStateEngineStore({ ...mongo, owner: ownerId, onError });
		return { services: [createStateEngineService({ ...context, ...clients, ownerId, store })], prepare: () => store.prepare() };
	},
});
