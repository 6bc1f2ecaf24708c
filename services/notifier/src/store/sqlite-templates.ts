import { languageToNumber } from '@fefaent/contracts/common';
import { channelToNumber, noticeKindToNumber, Template } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import type { Database } from '@fefaent/store-kit';
import type { TemplateKey } from '../domain/template.ts';
import type { TemplatePage, TemplateStore } from './port.ts';

interface DocumentRow {
	readonly document: Uint8Array;
}

/** The order of the primary key. */
const order = 'ORDER BY issuer, channel, kind, language';

/** Overrides of templates in SQLite. */
export class SqliteTemplates implements TemplateStore {
	readonly #db: Database;

	constructor(db: Database) {
		this.#db = db;
	}

	async put(template: Template): Promise<void> {
		const document = Template.encode(template).finish();
		const sql = 'INSERT OR REPLACE INTO templates (issuer, channel, kind, language, document) VALUES (?, ?, ?, ?, ?)';
		await crashpoint('notifier.templates.before-put');
		await this.#db.write((tx) => tx.run(sql, ...keyValues(template), document));
		await crashpoint('notifier.templates.after-put');
	}

	async remove(key: TemplateKey): Promise<boolean> {
		const sql = 'DELETE FROM templates WHERE issuer = ? AND channel = ? AND kind = ? AND language = ?';
		await crashpoint('notifier.templates.before-remove');
		const { changes } = await this.#db.write((tx) => tx.run(sql, ...keyValues(key)));
		await crashpoint('notifier.templates.after-remove');
		return changes > 0;
	}

	async ofIssuers(issuerCodes: readonly string[]): Promise<readonly Template[]> {
		const sql = `SELECT document FROM templates WHERE issuer IN (SELECT value FROM json_each(?)) ${order}`;
		return templatesOf(this.#db.all<DocumentRow>(sql, JSON.stringify(issuerCodes)));
	}

	async page({ issuerCodes, after, limit }: TemplatePage): Promise<readonly Template[]> {
		const begin = after === undefined ? ['', 0, 0, 0] : keyValues(after);
		const ofIssuers = issuerCodes === undefined ? '' : 'AND issuer IN (SELECT value FROM json_each(?))';
		const sql = `SELECT document FROM templates WHERE (issuer, channel, kind, language) > (?, ?, ?, ?) ${ofIssuers} ${order} LIMIT ?`;
		const issuers = issuerCodes === undefined ? [] : [JSON.stringify(issuerCodes)];
		return templatesOf(this.#db.all<DocumentRow>(sql, ...begin, ...issuers, limit));
	}
}

function templatesOf(rows: readonly DocumentRow[]): readonly Template[] {
	return rows.map((row) => Template.decode(row.document));
}

function keyValues({ issuerCode, channel, kind, language }: TemplateKey): readonly [string, number, number, number] {
	return [issuerCode, channelToNumber(channel), noticeKindToNumber(kind), languageToNumber(language)];
}
