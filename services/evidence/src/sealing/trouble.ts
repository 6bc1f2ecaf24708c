import { DomainError } from '@fefaent/kernel';
import type { CheckResult } from '@fefaent/service-kit';
import type { SealingOutcome } from './batch.ts';

/** What keeps evidences from being sealed now: a time-stamping authority that is down, a key that does not sign. */
export class SealingTrouble {
	#last: { readonly message: string; readonly since: Date } | undefined;

	/** Takes how a batch went. Sealed evidences end the trouble; a document of which nothing can be made is none. */
	observe(outcomes: readonly SealingOutcome[], at: Date): void {
		const failure = outcomes.find((one) => one instanceof DomainError && one.kind === 'unavailable');
		if (failure instanceof DomainError) this.#last = { message: `${failure.reason}: ${failure.message}`, since: this.#last?.since ?? at };
		else if (outcomes.some((one) => 'xml' in one)) this.#last = undefined;
	}

	/**
	 * As operators see it. It does not make the service unready: evidences are asked for again until they are there, and what needs none goes on.
	 */
	check(): CheckResult {
		const { message, since } = this.#last ?? {};
		return message === undefined
			? { name: 'sealing', ok: true }
			: { name: 'sealing', ok: false, reason: `${message}; since ${since?.toISOString()}` };
	}
}
