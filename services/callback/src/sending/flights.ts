/** What is under way to one endpoint, and how to wait for it or for other news. */
export class Flights {
	/** Notifications by the id of the delivery about them that is under way: nothing else about those may leave. */
	readonly #underWay = new Map<string, number>();
	#change = Promise.withResolvers<void>();

	/** Notifications by the id of the delivery about them that is under way. */
	get underWay(): ReadonlyMap<string, number> {
		return this.#underWay;
	}

	get size(): number {
		return this.#underWay.size;
	}

	/** Begins a flight, which lands however `fly` ends. @param fly never rejects */
	launch(deliveryId: string, notificationId: number, fly: () => Promise<void>): void {
		this.#underWay.set(deliveryId, notificationId);
		void fly().finally(() => {
			this.#underWay.delete(deliveryId);
			this.announce();
		});
	}

	/** Ends the waiting for a change: there is news from elsewhere. */
	announce(): void {
		const { resolve } = this.#change;
		this.#change = Promise.withResolvers();
		resolve();
	}

	/** Waits until something lands or is announced; returns at once when nothing is under way. */
	async changed(): Promise<void> {
		if (this.size > 0) await this.#change.promise;
	}

	/** Waits until nothing is under way. */
	async allLanded(): Promise<void> {
		while (this.size > 0) await this.#change.promise;
	}
}
