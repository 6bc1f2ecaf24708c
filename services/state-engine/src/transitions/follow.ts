import type { Instance } from '../domain/instance.ts';
import type { Followed } from '../domain/progress.ts';
import { stateEngineError } from '../errors.ts';
import type { StateEngineStore } from '../store/port.ts';

/** A step to take from wherever the instance stands. */
export interface WantedStep {
	readonly id: number;
	readonly step: (instance: Instance | undefined) => Followed;
}

/** Times that a step is worked out anew because somebody else stepped meanwhile. */
const maxRounds = 10;

/**
 * Makes the function that steps a batch of instances, each another one: read, work out, write what nobody else has changed, and once more for
 * the rest.
 * @throws INSTANCE_CONTENDED when others keep stepping
 */
export function follower(store: StateEngineStore) {
	return async (wanted: readonly WantedStep[]): Promise<readonly Followed[]> => {
		const results: Followed[] = wanted.map(() => ({ kind: 'known' }));
		let open = wanted.map((one, index) => ({ ...one, index }));
		for (let round = 1; open.length > 0; round++) {
			if (round > maxRounds) throw stateEngineError('INSTANCE_CONTENDED');
			const instances = await store.getMany(open.map((one) => one.id));
			const changed = open.flatMap((one, position) => {
				const result = one.step(instances[position]);
				results[one.index] = result;
				return result.kind === 'changed' ? [{ one, change: result.change }] : [];
			});
			if (changed.length === 0) break;
			const written = await store.applyMany(changed.map(({ change }) => change));
			open = changed.filter((_, position) => written[position] === 'stale').map(({ one }) => one);
		}
		return results;
	};
}
