import type { Channel, MailMessage, SmsMessage, Template } from '@fefaent/contracts/notifier';
import type { NoticeRecord } from '../domain/notice.ts';
import type { TemplateKey } from '../domain/template.ts';

/** What an event does to the notices of its notification: once, however often the event comes. */
export type EventEffect = { readonly eventId: string; readonly notificationId: number } & (
	| { readonly kind: 'record'; readonly notices: readonly NoticeRecord[] }
	/** Nothing waits to be sent any more. */
	| { readonly kind: 'drop'; readonly at: Date }
	/** Everything that is kept of the notification goes, messages of the embedded outboxes included. */
	| { readonly kind: 'purge' }
);

/** Which notices to take, and for how long. */
export interface ClaimNotices {
	readonly channel: Channel;
	/** The environment's time: notices due by then. */
	readonly now: Date;
	/** Real time, milliseconds since 1970: leases over by then. */
	readonly realNow: number;
	/** Who takes them. */
	readonly owner: string;
	/** Until when nobody else may, in real time. */
	readonly leaseUntil: number;
	readonly limit: number;
	/** Ids of notices to leave alone: those that the owner is sending still, though their leases are over. */
	readonly except?: readonly string[];
}

/** A notice that its owner may send until the lease ends; its attempt is counted. */
export interface ClaimedNotice {
	readonly record: NoticeRecord;
	readonly owner: string;
	readonly leaseUntil: number;
}

/** What became of a claimed notice. It counts only while the lease still stands. */
export interface Settlement {
	readonly claimed: ClaimedNotice;
	/** The notice after the attempt, from what it is at that moment: it may have been dropped since it was claimed. Pure. */
	readonly next: (current: NoticeRecord) => NoticeRecord;
}

/** Keeps notices, one aggregate each. Every item of a batch is atomic by itself. */
export interface NoticeStore {
	/**
	 * Applies effects, each with the note that its event was seen. A notice whose (notification, recipient, channel, kind) is taken is passed over.
	 * @param realNow when the events were seen, real time: what {@link pruneInbox} goes by
	 */
	apply(effects: readonly EventEffect[], realNow: Date): Promise<void>;
	/**
	 * Leases pending notices of a channel that are due and free, earliest first, and counts an attempt of each. Replicas of one store share the notices
	 * out: each sees its own part.
	 */
	claimDue(request: ClaimNotices): Promise<readonly ClaimedNotice[]>;
	/** Writes what became of claimed notices. What was put into the embedded outboxes for notices that were purged meanwhile goes with them. */
	settle(settlements: readonly Settlement[]): Promise<void>;
	/** Ends all leases of an owner that starts anew. @returns how many there were */
	releaseLeases(owner: string): Promise<number>;
	/** Milliseconds (0 or more) until a notice of the channel, other than `except`, may be there to claim, the environment's time running as real time does. */
	untilNext(channel: Channel, now: Date, realNow: number, except?: readonly string[]): Promise<number | undefined>;
	/** Notices of notifications, in the order in which they were recorded. */
	listByNotifications(notificationIds: readonly number[]): Promise<readonly NoticeRecord[]>;
	/** Failed notices in the order of their ids, from the one after `afterId` on, which need not be there; empty: from the first. */
	failed(afterId: string, limit: number): Promise<readonly NoticeRecord[]>;
	/** Writes `next`, which is pure, of each notice that it answers something for, and ends its lease. @returns how many those were */
	changeMany(which: NoticeSelection, next: (current: NoticeRecord) => NoticeRecord | undefined): Promise<number>;
	/** Pending notices that are due, those under way included, of all replicas. */
	countDue(now: Date): Promise<number>;
	/** When the pending notice that was recorded first was recorded: of each channel, among the hundred that are due first and the hundred whose leases end first. */
	oldestPending(): Promise<Date | undefined>;
	/** Calls `listener` after notices may have become due, by this process or another one; now and then for nothing. Returns a function that stops it. */
	onScheduled(listener: () => void): () => void;
	/** Forgets at most `limit` events seen before an instant of real time. @returns how many; replicas that do so at once may both count one */
	pruneInbox(before: Date, limit: number): Promise<number>;
}

/** Notices by their ids, or all of some notifications. */
export type NoticeSelection = { readonly ids: readonly string[] } | { readonly notificationIds: readonly number[] };

/** Keeps the overrides of templates. */
export interface TemplateStore {
	/** Replaces the one of the same key. */
	put(template: Template): Promise<void>;
	/** @returns whether there was one */
	remove(key: TemplateKey): Promise<boolean>;
	/** All overrides of these issuers (empty code: the platform's). By issuer, channel, kind and language. */
	ofIssuers(issuerCodes: readonly string[]): Promise<readonly Template[]>;
	/** Some overrides, in the same order. */
	page(request: TemplatePage): Promise<readonly Template[]>;
}

/** Which overrides to read. */
export interface TemplatePage {
	/** Only of these issuers (empty code: the platform's); undefined: of all. */
	readonly issuerCodes: readonly string[] | undefined;
	/** Only those after this one, which need not be there any more; undefined: from the first. */
	readonly after: TemplateKey | undefined;
	readonly limit: number;
}

/** An e-mail put into the embedded outbox. */
export interface StoredMail extends MailMessage {
	readonly notificationId: number;
}

/** An SMS put into the embedded outbox. */
export interface StoredSms extends SmsMessage {
	readonly notificationId: number;
	/** Its stable name. */
	readonly reference: string;
}

/** Keeps the messages that would have been sent, the latest ten thousand or so of each channel: the embedded outboxes. */
export interface MessageStore {
	/** Adds e-mails; one of a notice that is there already is replaced. */
	putMails(mails: readonly StoredMail[]): Promise<void>;
	/** Adds SMS; one of the same reference is replaced. */
	putSms(messages: readonly StoredSms[]): Promise<void>;
	/** Newest first. */
	listMails(limit: number): Promise<readonly MailMessage[]>;
	/** Newest first. */
	listSms(limit: number): Promise<readonly SmsMessage[]>;
}

/** All that the notifier keeps. */
export interface NotifierStore {
	readonly notices: NoticeStore;
	readonly templates: TemplateStore;
	readonly messages: MessageStore;
	/** @throws when the store cannot be read */
	ping(): Promise<void>;
	/** From now on takes this replica's part of the queue, which nobody else works on then: for whoever begins to work on it at once. */
	join(): Promise<void>;
	/** Before the end: takes nothing more from the queue and leaves it to the other replicas, which need not wait for what this one has begun. */
	leave(): Promise<void>;
	close(): Promise<void>;
}
