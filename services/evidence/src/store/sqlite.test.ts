import { temporaryFolder } from '@fefaent/testing';
import { evidenceStoreContract } from './contract.ts';
import { openSqliteEvidenceStore } from './sqlite.ts';

evidenceStoreContract('SQLite', () => {
	const folder = temporaryFolder();
	return { open: async () => openSqliteEvidenceStore({ path: folder.join('evidence.db') }), [Symbol.asyncDispose]: () => folder.remove() };
});
