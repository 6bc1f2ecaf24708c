import type { Delivery, DeliveryState } from '@fefaent/contracts/callback';
import type { DeliveryRecord, NewDelivery } from '../domain/delivery.ts';
import type { EndpointHealth, EndpointRecord, NewEndpointRecord } from '../domain/endpoint.ts';
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
	/** When the first of the deliveries that come before it about the same notification is due; absent when there is none. */
	readonly behindUntil: Date | undefined;
	/** How many pending deliveries about the same notification come before it. */
	readonly ahead: number;
}

/** Which endpoints to read. */
export interface EndpointPage {
	/** Only of this issuer; empty: of any. */
	readonly issuerCode: string;
	/** Only those after this one, which need not be there any more; empty: from the oldest. */
	readonly afterId: string;
	readonly limit: number;
}

/** Which deliveries to list. Absent or empty: any. */
export interface DeliveryQuery {
	readonly notificationIds: readonly number[];
	readonly endpointId: string;
	readonly state: DeliveryState | undefined;
	/** Only those behind this place in the order of recording; empty: from the first. */
	readonly afterPosition: string;
	readonly limit: number;
}

/** Which exhausted deliveries to take up again: those that match any of the fields. */
export interface RedriveQuery {
	readonly ids: readonly string[];
	readonly endpointId: string;
	readonly notificationIds: readonly number[];
	/** Only those behind this place in the order of recording; empty: from the first. */
	readonly afterPosition: string;
}

/** A delivery that was taken up again. */
export interface Redriven {
	readonly position: string;
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
 * What was written that is to be sent, or decides when: deliveries, endpoints, or an instant at which something falls due. `elsewhere`: deliveries that another
 * replica recorded, and will send unless this one holds the endpoint.
 */
export type WorkNews =
	| { readonly what: 'deliveries' | 'elsewhere' | 'endpoints'; readonly endpointIds: readonly string[] }
	| { readonly what: 'instant'; readonly at: Date };

/**
 * Keeps endpoints and deliveries, each an aggregate by itself. Everything is a batch, and each item of a batch is atomic by itself; a batch may be
 * written together or apart. Durable when answered.
 */
export interface CallbackStore {
	/**
	 * Writes an endpoint, only when its revision is still the one before (none for revision 1). Its health is written too; its lease is not.
	 * @param generation only while it is of this one, too; absent: of any
	 */
	putEndpoint(record: NewEndpointRecord, generation?: number): Promise<boolean>;
	/** Writes the same secrets, encrypted anew, while the endpoint is of that revision: nothing that anyone sees changes. @returns whether it was */
	resealEndpoint(id: string, revision: number, sealedSecrets: Uint8Array): Promise<boolean>;
	/** Endpoints in the order of the ids. */
	getEndpoints(ids: readonly string[]): Promise<readonly (EndpointRecord | undefined)[]>;
	/** All endpoints of these issuers, oldest first: ids carry the time of their making (UUIDv7). */
	endpointsOf(issuerCodes: readonly string[]): Promise<readonly EndpointRecord[]>;
	/** Some endpoints, oldest first. */
	pageOfEndpoints(page: EndpointPage): Promise<readonly EndpointRecord[]>;
	/** Deliveries stay: see {@link giveUp}. @param revision only of this one; absent: of any @returns whether there was one */
	removeEndpoint(id: string, revision?: number): Promise<boolean>;
	/** Writes how an endpoint fares, while it is of that generation. */
	setHealth(id: string, generation: number, health: EndpointHealth): Promise<void>;
	/** Forgets what stands against endpoints, so that they are tried at once: a new generation, so that what is just being found against them counts no more. */
	endWaits(ids: readonly string[]): Promise<void>;
	/** Takes, or keeps, an endpoint for an owner until an instant of real time. @returns false when another one holds it */
	lease(endpointId: string, owner: string, realNow: number, until: number): Promise<boolean>;
	/**
	 * Ends the lease of an endpoint, or all leases of an owner that starts anew.
	 * @param leaving whether the owner stops with deliveries left: other replicas are told, and need not wait for their next look
	 */
	release(owner: string, endpointId?: string, leaving?: boolean): Promise<void>;

	/** Records deliveries that are not recorded yet, in this order: each behind all that were there before. @returns how many were new */
	record(deliveries: readonly NewDelivery[]): Promise<number>;
	/** Pending deliveries of an endpoint that are due, those due first coming first, then those recorded first. */
	due(endpointId: string, now: Date, limit: number): Promise<readonly DueDelivery[]>;
	/** Writes what became of deliveries. @returns for each whether it counted */
	settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]>;
	/** Puts pending deliveries off. */
	defer(items: readonly { readonly id: string; readonly until: Date }[]): Promise<void>;
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
	/** In the order of recording. What is recorded while pages are read may be in none of them; all that was there before is. */
	list(query: DeliveryQuery): Promise<readonly DeliveryRecord[]>;
	/** The place of a delivery in the order of recording. */
	positionOf(id: string): Promise<string | undefined>;
	/**
	 * Makes deliveries that were exhausted by then pending and due, with attempts counted anew: those recorded first coming first.
	 * @returns them in that order; as many as the limit means that there may be more
	 */
	redrive(query: RedriveQuery, now: Date, limit: number): Promise<readonly Redriven[]>;
	/** Removes deliveries settled before an instant. @returns how many; the limit means that there may be more */
	prune(before: Date, limit: number): Promise<number>;

	/**
	 * Calls `listener` after this process has written deliveries to be sent, or endpoints, or an instant that {@link nextInstant} knows from then on: that of
	 * a delivery put off, or of the end of an endpoint's wait. Where other replicas write to the same store it is told of their deliveries and endpoints, too,
	 * a little later and not without fail: whoever depends on it looks now and then. Returns a function that stops it.
	 */
	onWork(listener: (news: WorkNews) => void): () => void;
	/** Rejects when the store cannot be read. */
	ping(): Promise<void>;
	close(): Promise<void>;
}
