import { type Database, openDatabase } from '@fefaent/store-kit';
import { migrations } from './migrations.ts';
import type { NotifierStore } from './port.ts';
import { SqliteMessages } from './sqlite-messages.ts';
import { SqliteNotices } from './sqlite-notices.ts';
import { SqliteTemplates } from './sqlite-templates.ts';

/**
 * Opens the notifier's own SQLite file, making it when missing.
 * @param options.path the file; `FEFAENT_DATA_DIR/notifier.db` in standalone
 * @throws what `openDatabase` of store-kit throws
 */
export function openSqliteNotifierStore(options: { readonly path: string }): NotifierStore {
	return notifierStoreOn(openDatabase({ path: options.path, migrations, name: 'notifier' }));
}

/** The store on a database that is open, which it closes. */
export function notifierStoreOn(db: Database): NotifierStore {
	return {
		notices: new SqliteNotices(db),
		templates: new SqliteTemplates(db),
		messages: new SqliteMessages(db),
		ping: async () => void db.get('SELECT 1 FROM templates LIMIT 1'),
		// Nobody else is there.
		join: async () => {},
		leave: async () => {},
		close: () => db.close(),
	};
}
