import { languageToNumber } from '@fefaent/contracts/common';
import { channelToNumber, noticeKindToNumber, Template } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import { bytes, type MongoDatabase } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { TemplateKey } from '../../domain/template.ts';
import type { TemplatePage, TemplateStore } from '../port.ts';
import { type TemplateFields, templatePaths, templatesCollection } from './schema.ts';

/** A number above that of any channel. */
const aboveAll = Number.MAX_SAFE_INTEGER;

/** Overrides of templates in MongoDB. */
export class MongoTemplates implements TemplateStore {
	readonly #db: MongoDatabase;
	readonly #model: Model<TemplateFields>;

	constructor(db: MongoDatabase) {
		this.#db = db;
		this.#model = db.model(templatesCollection, templatePaths);
	}

	async put(template: Template): Promise<void> {
		const document = Buffer.from(Template.encode(template).finish());
		await crashpoint('notifier.templates.before-put');
		await this.#db.run(() => this.#model.updateOne({ _id: idOf(template) }, { $set: { document } }, { upsert: true }));
		await crashpoint('notifier.templates.after-put');
	}

	async remove(key: TemplateKey): Promise<boolean> {
		await crashpoint('notifier.templates.before-remove');
		const { deletedCount } = await this.#db.run(() => this.#model.deleteOne({ _id: idOf(key) }));
		await crashpoint('notifier.templates.after-remove');
		return deletedCount > 0;
	}

	async ofIssuers(issuerCodes: readonly string[]): Promise<readonly Template[]> {
		if (issuerCodes.length === 0) return [];
		return this.#db.run(() => this.#found(ofThese(issuerCodes)));
	}

	async page({ issuerCodes, after, limit }: TemplatePage): Promise<readonly Template[]> {
		if (issuerCodes?.length === 0) return [];
		const behind = { _id: { $gt: after === undefined ? { issuer: '' } : idOf(after) } };
		const filter = issuerCodes === undefined ? behind : { $and: [behind, ofThese(issuerCodes)] };
		return this.#db.run(() => this.#found(filter, limit));
	}

	/** @param limit 0: none */
	async #found(filter: object, limit = 0): Promise<readonly Template[]> {
		const found = await this.#model
			.find(filter as never)
			.sort({ _id: 1 })
			.limit(limit)
			.lean();
		return (found as readonly TemplateFields[]).map(({ document }) => Template.decode(bytes(document)));
	}
}

/** The fields in the order that ids are compared by. */
function idOf({ issuerCode, channel, kind, language }: TemplateKey): TemplateFields['_id'] {
	return { issuer: issuerCode, channel: channelToNumber(channel), kind: noticeKindToNumber(kind), language: languageToNumber(language) };
}

/** Those of some issuers, as ranges of ids. */
function ofThese(issuerCodes: readonly string[]) {
	return { $or: [...new Set(issuerCodes)].map((issuer) => ({ _id: { $gt: { issuer }, $lt: { issuer, channel: aboveAll } } })) };
}
