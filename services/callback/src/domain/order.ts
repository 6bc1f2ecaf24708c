/** What the order of an endpoint is made by: a delivery that is due, and what stands before it. */
export interface Queued {
	readonly delivery: { readonly id: string; readonly notificationId: number };
	readonly dueAt: Date;
	/** When the first of the deliveries that come before it about the same notification is due; absent when there is none. */
	readonly behindUntil: Date | undefined;
	/** How many of those there are. */
	readonly ahead: number;
}

/** What may leave now, and what is put off until something else has left. */
export interface Plan<T extends Queued> {
	/** In the order in which they leave. One about a notification that another one in here is about leaves only after that one was settled. */
	readonly leaving: readonly T[];
	readonly later: readonly { readonly id: string; readonly until: Date }[];
}

/**
 * Plans what leaves next: of each notification the first delivery, and none while another one about it is under way. Where deliveries leave one by one, those
 * that come after it follow in the order of the queue, which is that of the whole endpoint. What waits behind another that is due later is put off until
 * then, so that it is not met again and again, and comes right after it.
 * @param due in the order of the queue
 * @param underWay notifications by the id of the delivery that is under way about them
 * @param oneByOne whether each that leaves is settled before the next one leaves
 */
export function planOf<T extends Queued>(
	due: readonly T[],
	underWay: ReadonlyMap<string, number>,
	size: number,
	oneByOne: boolean,
): Plan<T> {
	const busy = new Set(underWay.values());
	const free = due.filter((one) => !underWay.has(one.delivery.id) && !busy.has(one.delivery.notificationId));
	const later = free.flatMap(({ delivery: { id }, dueAt, behindUntil }) =>
		behindUntil && behindUntil > dueAt ? [{ id, until: behindUntil }] : [],
	);
	const leaving: T[] = [];
	const planned = new Map<number, number>();
	for (const one of free) {
		if (leaving.length === size) break;
		const { notificationId } = one.delivery;
		const before = planned.get(notificationId) ?? 0;
		if (one.ahead !== (oneByOne ? before : 0)) continue;
		planned.set(notificationId, before + 1);
		leaving.push(one);
	}
	return { leaving, later };
}
