import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import type { Admin, Kafka } from 'kafkajs';
import { typeOf } from './failure.ts';
import { within } from './farewell.ts';

const retry: BackoffPolicy & { readonly attempts: number } = { firstMs: 50, factor: 2, maxMs: 1000, jitter: 0.2, attempts: 10 };

/** Answers that pass by themselves: a coordinator that loads its groups after a start, or has moved. kafkajs gives them up at once. */
const passing = new Set([
	'GROUP_LOAD_IN_PROGRESS',
	'COORDINATOR_LOAD_IN_PROGRESS',
	'GROUP_COORDINATOR_NOT_AVAILABLE',
	'NOT_COORDINATOR_FOR_GROUP',
	'LEADER_NOT_AVAILABLE',
	'NOT_LEADER_FOR_PARTITION',
]);

/** Asks through one admin client, which connects when first asked, and through another one after a failure. */
export class Questions {
	readonly #kafka: Kafka;
	#live: SharedAdmin | undefined;

	constructor(kafka: Kafka) {
		this.#kafka = kafka;
	}

	/** @throws what the client throws, once what passes by itself has not passed for some seconds */
	async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
		for (let attempt = 1; ; attempt++) {
			this.#live ??= new SharedAdmin(this.#kafka.admin());
			const live = this.#live;
			try {
				return await live.use(question);
			} catch (error) {
				if (attempt >= retry.attempts || !passing.has(typeOf(error))) {
					// The next one goes through another connection; those under way end on this one.
					if (this.#live === live) this.#live = undefined;
					live.retire();
					throw error;
				}
				await new Promise((resolve) => setTimeout(resolve, backoffMs(retry, attempt)));
			}
		}
	}

	/** Questions under way are not answered any more. */
	async close(): Promise<void> {
		await this.#live?.end();
	}
}

/** An admin client that several questions use at once: one that was retired is let go of when the last of them has ended. */
class SharedAdmin {
	readonly #admin: Admin;
	readonly #connected: Promise<void>;
	#users = 0;
	#isRetired = false;
	#ended: Promise<void> | undefined;

	constructor(admin: Admin) {
		this.#admin = admin;
		this.#connected = admin.connect();
	}

	async use<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
		this.#users++;
		try {
			await this.#connected;
			return await question(this.#admin);
		} finally {
			this.#users--;
			if (this.#isRetired && this.#users === 0) void this.end();
		}
	}

	/** To be let go of as soon as nobody uses it. */
	retire(): void {
		this.#isRetired = true;
		if (this.#users === 0) void this.end();
	}

	/** Lets go of it, whoever uses it. */
	end(): Promise<void> {
		this.#ended ??= within(3000, this.#admin.disconnect());
		return this.#ended;
	}
}
