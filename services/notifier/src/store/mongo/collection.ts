import { errorsOf } from '@fefaent/kernel';
import { storeErrors } from '@fefaent/store-kit';
import { losersOf } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { ChannelName, ReadFields } from './documents.ts';
import type { NotificationFields } from './schema.ts';
import { type Change, type NextFields, writeOf } from './updates.ts';

const storeError = errorsOf(storeErrors);

/** How often a change is worked out anew after others wrote first. Each time somebody else got on. */
const mostRounds = 20;

/** Which part of documents is read. */
export type Part = ChannelName | 'all';

/** The documents of notifications: what is worked out from one as it was read is written only while it still is so. */
export class NotificationDocuments {
	readonly model: Model<NotificationFields>;

	constructor(model: Model<NotificationFields>) {
		this.model = model;
	}

	/** Those with these ids. */
	async read(ids: readonly number[], part: Part = 'all'): Promise<readonly ReadFields[]> {
		if (ids.length === 0) return [];
		return (await this.model.find({ _id: { $in: [...ids] } }, fieldsOf(part)).lean()) as readonly ReadFields[];
	}

	/** Writes changes, each by itself. @returns the ids of the documents that had changed since they were read */
	async write(changes: readonly Change[]): Promise<ReadonlySet<number>> {
		if (changes.length === 0) return new Set();
		// By the driver: mongoose goes over every byte of a document that it checks, and these are made by this module alone.
		const lost = await losersOf(() => this.model.collection.bulkWrite(changes.map(writeOf) as never, { ordered: false }));
		return new Set(changes.flatMap(({ id }, index) => (lost.has(index) ? [id] : [])));
	}

	/**
	 * Reads documents, works out what each is to hold, and writes that; anew for those that others wrote meanwhile.
	 * @param next pure; undefined leaves the document as it is
	 * @throws `STORE_WRITE_FAILED` when others were faster time and again
	 */
	async change(
		ids: readonly number[],
		part: Part,
		next: (id: number, found: ReadFields | undefined) => NextFields | undefined,
	): Promise<void> {
		let left: readonly number[] = [...new Set(ids)];
		for (let round = 0; left.length > 0; round++) {
			if (round === mostRounds)
				throw storeError('STORE_WRITE_FAILED', { name: 'notifier', cause: 'others kept changing the same documents' });
			const found = new Map((await this.read(left, part)).map((one) => [one._id, one]));
			const changes = left.flatMap((id): Change[] => {
				const before = found.get(id);
				const after = next(id, before);
				return after === undefined ? [] : [{ id, before, next: after }];
			});
			left = [...(await this.write(changes))];
		}
	}
}

/** What a read asks for. */
export function fieldsOf(part: Part): Readonly<Record<string, 1>> {
	return part === 'all' ? {} : { [part]: 1 };
}
