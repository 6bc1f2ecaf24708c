import { Delivery, DeliveryState } from '@fefaent/contracts/callback';
import { Batcher } from '@fefaent/kernel';
import { conditionalUpdate, losersOf, type MongoDatabase, storeError, unordered } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import { type DeliveryRecord, givenUp, type NewDelivery, redriven } from '../../domain/delivery.ts';
import type { FailureName } from '../../domain/failures.ts';
import type { DeliveryQuery, DeliveryResult, DueDelivery, GiveUp, Redriven, RedriveQuery } from '../port.ts';
import { buffer, byPosition, change, deliveryOf, newDocument, positionText, stateNumber } from './documents.ts';
import * as queries from './queries.ts';
import { type DeliveryFields, keys } from './schema.ts';

/** How often something is looked for again after others were faster: each time one of them got on. */
const mostRounds = 20;
/** Most deliveries about purged notifications that are held at once. */
const forgetBatch = 500;

/** Deliveries. */
export class MongoDeliveries {
	readonly #db: MongoDatabase;
	readonly #model: Model<DeliveryFields>;
	readonly #replica: string;
	readonly #settling: Batcher<DeliveryResult, boolean>;

	/** @param replica as no other calls itself */
	constructor(db: MongoDatabase, model: Model<DeliveryFields>, replica: string) {
		this.#db = db;
		this.#model = model;
		this.#replica = replica;
		// Outcomes are written one by one by many workers.
		this.#settling = new Batcher((results) => db.run(() => this.#settle(results)), { maxRuns: 8 });
	}

	/** The server inserts a bulk one after the other, each behind the one before in the order of recording. @returns how many were not there yet */
	async insert(items: readonly NewDelivery[]): Promise<number> {
		const inserts = items.map((item) => ({ insertOne: { document: newDocument(item, this.#replica) } }));
		const lost = await losersOf(() => this.#model.bulkWrite(inserts as never, unordered));
		return items.length - lost.size;
	}

	/** Two questions, however many are due: what is, and what else is pending about the same notifications. */
	async due(endpointId: string, now: Date, limit: number): Promise<readonly DueDelivery[]> {
		const { filter, hint } = queries.dueAt(endpointId, now);
		const due = await this.#model
			.find(filter as never)
			.hint(hint)
			.sort({ dueAt: 1, position: 1 })
			.limit(limit)
			.lean<DeliveryFields[]>();
		if (due.length === 0) return [];
		const question = queries.lanesOf(endpointId, [...new Set(due.map(({ notificationId }) => notificationId))]);
		const pending = await this.#model
			.find(question.filter as never, { notificationId: 1, position: 1, dueAt: 1 })
			.hint(question.hint)
			.sort({ notificationId: 1, position: 1 })
			.lean<Pick<DeliveryFields, 'notificationId' | 'position' | 'dueAt'>[]>();
		const lanes = Map.groupBy(pending, ({ notificationId }) => notificationId);
		return due.map((one) => {
			const before = (lanes.get(one.notificationId) ?? []).filter((other) => byPosition(other, one) < 0);
			return { ...deliveryOf(one), behindUntil: before[0]?.dueAt, ahead: before.length };
		});
	}

	/** @returns for each whether it counted */
	settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]> {
		return Promise.all(results.map((result) => this.#settling.add(result)));
	}

	async #settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]> {
		const lost = await this.#write(
			results.map(({ record, delivery, dueAt }) => {
				const { state, settledAt } = delivery;
				const update = change({ state: stateNumber(state), dueAt, settledAt, document: encoded(delivery) });
				const filter = { _id: record.delivery.id, dueAt: { $exists: true }, tries: record.tries };
				return conditionalUpdate(filter, { ...update, $inc: { tries: 1, revision: 1 } });
			}),
		);
		return results.map((_, index) => !lost.has(index));
	}

	/** Puts pending deliveries off. */
	async defer(items: readonly { readonly id: string; readonly until: Date }[]): Promise<void> {
		const updates = items.map(({ id: _id, until: dueAt }) => ({
			updateOne: { filter: { _id, dueAt: { $exists: true } }, update: { $set: { dueAt } } },
		}));
		await this.#model.bulkWrite(updates as never, unordered);
	}

	/** Gives up pending deliveries of an endpoint, those due first coming first. @returns how many */
	async giveUp(request: GiveUp): Promise<number> {
		const { why, now, limit } = request;
		const order = { dueAt: 1, position: 1 } as const;
		const given = await this.#upTo(
			limit,
			(count) => this.#find(queries.pendingOf(request), order, count),
			(found) => this.#giveUp(found, why, now),
		);
		return given.length;
	}

	/** Gives up what is pending about notifications. @returns how many */
	async forget(notificationIds: readonly number[], why: FailureName, now: Date): Promise<number> {
		const order = { notificationId: 1, endpointId: 1, position: 1 } as const;
		const find = (count: number) => this.#find(queries.pendingAbout(notificationIds), order, count);
		for (let count = 0; ; ) {
			const { length } = await this.#upTo(forgetBatch, find, (found) => this.#giveUp(found, why, now));
			count += length;
			if (length < forgetBatch) return count;
		}
	}

	#giveUp(found: readonly DeliveryFields[], why: FailureName, now: Date): Promise<ReadonlySet<number>> {
		return this.#write(
			found.map((one) => {
				const delivery = givenUp(deliveryOf(one).delivery, why, now);
				const update = change({ state: stateNumber(delivery.state), dueAt: undefined, settledAt: now, document: encoded(delivery) });
				const { _id, revision, dueAt } = one;
				return conditionalUpdate({ _id, revision, dueAt }, { ...update, $inc: { revision: 1 } });
			}),
		);
	}

	/** Ids of endpoints with due deliveries. */
	endpointsDue(now: Date): Promise<readonly string[]> {
		return this.#model.distinct('endpointId', queries.dueAnywhere(now) as never) as unknown as Promise<readonly string[]>;
	}

	/** The next instant after another one at which a delivery is due. */
	async nextDue(now: Date): Promise<Date | undefined> {
		const found = await this.#model
			.findOne({ dueAt: { $gt: now } }, { dueAt: 1 })
			.hint(keys.due)
			.sort({ dueAt: 1 })
			.lean();
		return found?.dueAt ?? undefined;
	}

	/** How many are due at these endpoints. */
	countDue(endpointIds: readonly string[], now: Date): Promise<number> {
		return this.#model.countDocuments({ endpointId: { $in: [...endpointIds] }, dueAt: { $lte: now } }).hint(keys.queue);
	}

	/** In the order of recording. */
	async list(query: DeliveryQuery): Promise<readonly DeliveryRecord[]> {
		return (await this.#find(queries.listed(query), { position: 1 }, query.limit)).map(deliveryOf);
	}

	/** The place of a delivery in the order of recording. */
	async positionOf(id: string): Promise<string | undefined> {
		const found = await this.#model.findById(id, { position: 1 }).lean<Pick<DeliveryFields, 'position'>>();
		return found ? positionText(found.position) : undefined;
	}

	/** @returns those that were taken up again, in the order of recording */
	async redrive(query: RedriveQuery, now: Date, limit: number): Promise<readonly Redriven[]> {
		const questions = queries.exhausted(query, now);
		const find = async (count: number) => {
			const found = await Promise.all(questions.map((question) => this.#find(question, { position: 1 }, count)));
			const different = new Map(found.flat().map((one) => [one._id, one]));
			return [...different.values()].sort(byPosition).slice(0, count);
		};
		const taken = await this.#upTo(limit, find, (found) =>
			this.#write(
				found.map((one) => {
					const delivery = redriven(deliveryOf(one).delivery, now);
					const { PENDING } = DeliveryState;
					const fields = { state: stateNumber(PENDING), dueAt: now, settledAt: undefined, tries: 0, document: encoded(delivery) };
					const { _id, revision } = one;
					return conditionalUpdate({ _id, revision }, { ...change(fields), $inc: { revision: 1 } });
				}),
			),
		);
		return taken.toSorted(byPosition).map(({ _id: id, position, endpointId }) => ({ id, position: positionText(position), endpointId }));
	}

	/** Removes deliveries settled before an instant. @returns how many */
	async prune(before: Date, limit: number): Promise<number> {
		const { filter, hint } = queries.settledBefore(before);
		for (let count = 0; ; ) {
			const found = await this.#model
				.find(filter as never, { _id: 1 })
				.hint(hint)
				.sort({ settledAt: 1 })
				.limit(limit - count)
				.lean();
			if (found.length === 0) return count;
			// One that was taken up again meanwhile stays.
			const named = { _id: { $in: found.map(({ _id }) => _id) }, ...filter };
			count += (await this.#model.deleteMany(named as never, { hint: keys.id })).deletedCount;
			if (count === limit) return count;
		}
	}

	/** Finds and writes until there are as many as asked, or none are left: what was changed since it was found is looked for again. */
	async #upTo(
		limit: number,
		find: (limit: number) => Promise<readonly DeliveryFields[]>,
		write: (found: readonly DeliveryFields[]) => Promise<ReadonlySet<number>>,
	): Promise<readonly DeliveryFields[]> {
		const taken: DeliveryFields[] = [];
		for (let round = 0; round < mostRounds; round++) {
			const found = await find(limit - taken.length);
			const lost = await write(found);
			taken.push(...found.filter((_, index) => !lost.has(index)));
			if (lost.size === 0) return taken;
		}
		throw storeError('STORE_WRITE_FAILED', { name: this.#db.name, cause: 'others keep writing the same' });
	}

	#find({ filter, hint }: queries.Question, order: Readonly<Record<string, 1>>, limit: number): Promise<readonly DeliveryFields[]> {
		return this.#model
			.find(filter as never)
			.hint(hint)
			.sort(order)
			.limit(limit)
			.lean<DeliveryFields[]>();
	}

	/** @returns the places of the writes whose condition did not hold */
	async #write(updates: readonly object[]): Promise<ReadonlySet<number>> {
		if (updates.length === 0) return new Set();
		return losersOf(() => this.#model.bulkWrite(updates as never, unordered));
	}
}

const encoded = (delivery: Delivery): Buffer => buffer(Delivery.encode(delivery).finish());
