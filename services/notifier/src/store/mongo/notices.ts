import type { Channel } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import type { MongoDatabase } from '@fefaent/store-kit/mongo';
import type { NoticeRecord } from '../../domain/notice.ts';
import type { ClaimedNotice, ClaimNotices, EventEffect, NoticeSelection, NoticeStore, Settlement } from '../port.ts';
import type { NotificationDocuments } from './collection.ts';
import { channelName, channelNames, fieldsOf, type ReadFields, recordOf, recordsOf } from './documents.ts';
import { afterEffects, afterPurge } from './effects.ts';
import { failedAfter } from './failed.ts';
import { pruneSeen } from './prune.ts';
import type { NoticeQueue } from './queue.ts';
import type { NoticeFields, NotificationFields } from './schema.ts';
import type { NextFields } from './updates.ts';

/** What {@link MongoNotices} works with. */
export interface MongoNoticesDeps {
	readonly db: MongoDatabase;
	readonly documents: NotificationDocuments;
	readonly queue: NoticeQueue;
	/** Removes the messages of notifications from the embedded outboxes. */
	readonly forgetMessages: (notificationIds: readonly number[]) => Promise<void>;
}

/** Notices in MongoDB: those of one notification, and the events that they come from, are one document. */
export class MongoNotices implements NoticeStore {
	readonly #deps: MongoNoticesDeps;
	readonly #listeners = new Set<() => void>();

	constructor(deps: MongoNoticesDeps) {
		this.#deps = deps;
	}

	/** Calls the listeners: there may be notices to send. */
	scheduled(): void {
		for (const listener of this.#listeners) listener();
	}

	async apply(effects: readonly EventEffect[], realNow: Date): Promise<void> {
		if (effects.length === 0) return;
		await crashpoint('notifier.events.before-apply');
		await this.#deps.db.run(async () => {
			const byNotification = Map.groupBy(effects, ({ notificationId }) => notificationId);
			const effectsOf = (id: number) => byNotification.get(id) ?? [];
			await this.#purge(
				effects.flatMap((one) => (one.kind === 'purge' ? [one.notificationId] : [])),
				effectsOf,
			);
			await this.#deps.documents.change([...byNotification.keys()], 'all', (id, found) =>
				afterEffects(found as NotificationFields | undefined, effectsOf(id), realNow),
			);
		});
		await crashpoint('notifier.events.after-apply');
		if (effects.some((one) => one.kind === 'record' && one.notices.length > 0)) this.scheduled();
	}

	/**
	 * What is in other documents goes before the event is written down as seen, so a crash in between has it repeated; and after the notices, so
	 * that what is put there for one under way is seen either here or by what settles it.
	 */
	async #purge(ids: readonly number[], effectsOf: (id: number) => readonly EventEffect[]): Promise<void> {
		await this.#deps.documents.change(ids, 'all', (id, found) => found && afterPurge(found as NotificationFields, effectsOf(id)));
		await this.#deps.forgetMessages(ids);
	}

	claimDue(request: ClaimNotices): Promise<readonly ClaimedNotice[]> {
		return this.#deps.db.run(() => this.#deps.queue.claim(request));
	}

	async settle(settlements: readonly Settlement[]): Promise<void> {
		await crashpoint('notifier.notices.before-settle');
		await this.#deps.db.run(async () => {
			for (const [channel, those] of Map.groupBy(settlements, ({ claimed }) => claimed.record.channel)) await this.#settle(channel, those);
		});
		await crashpoint('notifier.notices.after-settle');
	}

	async #settle(channel: Channel, settlements: readonly Settlement[]): Promise<void> {
		const name = channelName(channel);
		const byNotification = Map.groupBy(settlements, ({ claimed }) => claimed.record.notificationId);
		const purged = new Set<number>();
		await this.#deps.documents.change([...byNotification.keys()], name, (id, found) => {
			const those = byNotification.get(id) ?? [];
			const notices = found?.[name]?.notices ?? [];
			if (those.some(({ claimed }) => !notices.some((one) => one.id === claimed.record.id))) purged.add(id);
			return replaced(notices, name, (fields) => {
				const settled = those.find(({ claimed: { record, owner, leaseUntil } }) => {
					return record.id === fields.id && owner === fields.owner && leaseUntil === fields.freeAt;
				});
				return settled?.next(recordOf(id, name, fields));
			});
		});
		// What was put there under way came after the purge.
		await this.#deps.forgetMessages([...purged]);
	}

	releaseLeases(owner: string): Promise<number> {
		return this.#deps.db.run(() => this.#deps.queue.release(owner));
	}

	untilNext(channel: Channel, now: Date, realNow: number, except: readonly string[] = []): Promise<number | undefined> {
		return this.#deps.db.run(() => this.#deps.queue.untilNext(channel, now, realNow, except));
	}

	listByNotifications(notificationIds: readonly number[]): Promise<readonly NoticeRecord[]> {
		return this.#deps.db.run(async () => recordsOf(await this.#deps.documents.read(notificationIds)));
	}

	failed(afterId: string, limit: number): Promise<readonly NoticeRecord[]> {
		return this.#deps.db.run(() => failedAfter(this.#deps.documents, afterId, limit));
	}

	async changeMany(which: NoticeSelection, next: (current: NoticeRecord) => NoticeRecord | undefined): Promise<number> {
		await crashpoint('notifier.notices.before-change');
		const changed = await this.#deps.db.run(async () => {
			const counts = new Map<number, number>();
			await this.#deps.documents.change(await this.#selected(which), 'all', (id, found) => {
				counts.set(id, 0);
				return (
					found &&
					this.#changed(found, which, (record) => {
						const after = next(record);
						if (after) counts.set(id, (counts.get(id) ?? 0) + 1);
						return after;
					})
				);
			});
			return [...counts.values()].reduce((sum, one) => sum + one, 0);
		});
		await crashpoint('notifier.notices.after-change');
		if (changed > 0) this.scheduled();
		return changed;
	}

	#changed(found: ReadFields, which: NoticeSelection, next: (current: NoticeRecord) => NoticeRecord | undefined): NextFields | undefined {
		const parts = channelNames.map((name) =>
			replaced(found[name]?.notices ?? [], name, (fields) =>
				'ids' in which && !which.ids.includes(fields.id) ? undefined : next(recordOf(found._id, name, fields)),
			),
		);
		return parts.some((one) => one !== undefined) ? Object.assign({}, ...parts) : undefined;
	}

	async #selected(which: NoticeSelection): Promise<readonly number[]> {
		if ('notificationIds' in which) return which.notificationIds;
		const holding = channelNames.map((name) => ({ [`${name}.notices.id`]: { $in: [...which.ids] } }));
		return (await this.#deps.documents.model.find({ $or: holding }, { _id: 1 }).lean()).map(({ _id }) => _id);
	}

	countDue(now: Date): Promise<number> {
		return this.#deps.db.run(() => this.#deps.queue.countDue(now));
	}

	oldestPending(): Promise<Date | undefined> {
		return this.#deps.db.run(() => this.#deps.queue.oldestPending());
	}

	onScheduled(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	pruneInbox(before: Date, limit: number): Promise<number> {
		return this.#deps.db.run(() => pruneSeen(this.#deps.documents, before, limit));
	}
}

/** The notices of a channel, with those replaced, and freed, that `next` answers something for; undefined when it does for none. */
function replaced(
	notices: readonly NoticeFields[],
	name: 'email' | 'sms',
	next: (fields: NoticeFields) => NoticeRecord | undefined,
): NextFields | undefined {
	const after = notices.map((one) => {
		const record = next(one);
		return record === undefined ? one : fieldsOf(record);
	});
	return after.some((one, place) => one !== notices[place]) ? { [name]: after } : undefined;
}
