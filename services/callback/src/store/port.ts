import type { Delivery, DeliveryState } from '@fefaent/contracts/callback';
import type { DeliveryRecord, NewDelivery } from '../domain/delivery.ts';
import type { EndpointHealth, EndpointRecord } from '../domain/endpoint.ts';
import type { FailureName } from '../domain/failures.ts';

/** What became of a delivery. It counts only while the delivery is pending with as many attempts as it was read with. */
export interface DeliveryResult {
	/** As it was read. */
	readonly record: DeliveryRecord;
	/** As it is now. */
	readonly delivery: Delivery;
	/** When it is due again, in the environment's time; absent when it is settled. */
	readonly dueAt: Date | undefined;
}

/** A delivery whose time has come. */
export interface DueDelivery extends DeliveryRecord {
	/** When the delivery that comes before it about the same notification is due; absent when there is none. */
	readonly behindUntil: Date | undefined;
}

/** Which deliveries to list. Absent or empty: any. */
export interface DeliveryQuery {
	readonly notificationIds: readonly number[];
	readonly endpointId: string;
	readonly state: DeliveryState | undefined;
	/** Only those recorded after. */
	readonly afterSeq: number;
	readonly limit: number;
}

/** Which exhausted deliveries to take up again: those that match any of the fields. */
export interface RedriveQuery {
	readonly ids: readonly string[];
	readonly endpointId: string;
	readonly notificationIds: readonly number[];
	/** Only those recorded after. */
	readonly afterSeq: number;
}

/** A delivery that was taken up again. */
export interface Redriven {
	readonly seq: number;
	readonly id: string;
	readonly endpointId: string;
}

/** Which pending deliveries of an endpoint to give up. */
export interface GiveUp {
	readonly endpointId: string;
	/** Those that have been due since then or longer; absent: all. */
	readonly dueUntil?: Date;
	readonly why: FailureName;
	readonly now: Date;
	/** Most at once. */
	readonly limit: number;
}

/**
 * Keeps endpoints and deliveries, each an aggregate by itself. Everything is a batch, and each item of a batch is atomic by itself; a batch may be
 * written together or apart. Durable when answered.
 */
export interface CallbackStore {
	/** Writes an endpoint, only when its revision is still the one before (none for revision 1). Its health is written too; its lease is not. */
	putEndpoint(record: EndpointRecord): Promise<boolean>;
	/** Endpoints in the order of the ids. */
	getEndpoints(ids: readonly string[]): Promise<readonly (EndpointRecord | undefined)[]>;
	/** Endpoints of these issuers, oldest first. */
	endpointsOf(issuerCodes: readonly string[]): Promise<readonly EndpointRecord[]>;
	/** Every endpoint, oldest first. */
	allEndpoints(): Promise<readonly EndpointRecord[]>;
	/** Deliveries stay: see {@link giveUp}. @returns whether there was one */
	removeEndpoint(id: string): Promise<boolean>;
	/** Writes how an endpoint fares, unless it was changed by an operator since that revision. */
	setHealth(id: string, revision: number, health: EndpointHealth): Promise<void>;
	/** Forgets what stands against endpoints, so that they are tried at once; a change of revision, so that what is just being found against them counts no more. */
	endWaits(ids: readonly string[]): Promise<void>;
	/** Takes, or keeps, an endpoint for an owner until an instant of real time. @returns false when another one holds it */
	lease(endpointId: string, owner: string, realNow: number, until: number): Promise<boolean>;
	/** Ends the lease of an endpoint, or all leases of an owner that starts anew. */
	release(owner: string, endpointId?: string): Promise<void>;

	/** Records deliveries that are not recorded yet. @returns how many were new */
	record(deliveries: readonly NewDelivery[]): Promise<number>;
	/** Pending deliveries of an endpoint that are due, those due first coming first, then those recorded first. */
	due(endpointId: string, now: Date, limit: number): Promise<readonly DueDelivery[]>;
	/** Writes what became of deliveries. @returns for each whether it counted */
	settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]>;
	/** Puts pending deliveries off. */
	defer(items: readonly { readonly seq: number; readonly until: Date }[]): Promise<void>;
	/** Gives up pending deliveries of an endpoint, those due first coming first. @returns how many; the limit means that there may be more */
	giveUp(request: GiveUp): Promise<number>;
	/** Gives up the pending deliveries about notifications that are gone. @returns how many */
	forget(notificationIds: readonly number[], why: FailureName, now: Date): Promise<number>;
	/** Ids of endpoints, there or not, with pending deliveries that are due. */
	endpointsDue(now: Date): Promise<readonly string[]>;
	/** The next instant after `now` at which a delivery or an endpoint's wait ends; undefined when there is none. */
	nextInstant(now: Date): Promise<Date | undefined>;
	/** How many pending deliveries of these endpoints are due. */
	countDue(endpointIds: readonly string[], now: Date): Promise<number>;
	/** Oldest first. */
	list(query: DeliveryQuery): Promise<readonly DeliveryRecord[]>;
	/** The place of a delivery in the order of recording. */
	seqOf(id: string): Promise<number | undefined>;
	/**
	 * Makes deliveries that were exhausted by then pending and due, with attempts counted anew: those recorded first coming first.
	 * @returns them in that order; as many as the limit means that there may be more
	 */
	redrive(query: RedriveQuery, now: Date, limit: number): Promise<readonly Redriven[]>;
	/** Removes deliveries settled before an instant. @returns how many; the limit means that there may be more */
	prune(before: Date, limit: number): Promise<number>;

	/** Calls `listener` after this process has written deliveries to be sent, or endpoints. Returns a function that stops it. */
	onWork(listener: (endpointIds: readonly string[], what: 'deliveries' | 'endpoints') => void): () => void;
	close(): Promise<void>;
}
