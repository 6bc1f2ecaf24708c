import { join } from 'node:path';
import { runService } from '@fefaent/process';
import { evidenceConfig } from './config.ts';
import { createEvidenceService } from './service.ts';
import { openMongoEvidenceStore } from './store/mongo/store.ts';

await runService({
	name: 'evidence',
	config: evidenceConfig,
	make: ({ mongo, process, ...context }) => {
		const store = openMongoEvidenceStore(mongo);
		const trustFolder = join(process.FEFAENT_DATA_DIR, 'trust');
		return { services: [createEvidenceService({ ...context, store, trustFolder })], prepare: store.prepare };
	},
});
