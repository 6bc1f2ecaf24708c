import { showGauges } from '@fefaent/service-kit';
import type { GroupLag } from '../port.ts';
import { scope } from './attributes.ts';

/**
 * Shows how far groups are behind, and what they gave up, when telemetry is on. Returns a function that ends it.
 * @param lag of the groups that are followed here: others are shown by who follows them
 */
export function showLag(lag: () => Promise<readonly GroupLag[]>, onError: (error: unknown, where: string) => void): () => void {
	// Both are asked for at the same moment: one answer serves them.
	let asked: Promise<readonly GroupLag[]> | undefined;
	const once = (): Promise<readonly GroupLag[]> => {
		asked ??= lag().finally(() => {
			asked = undefined;
		});
		return asked;
	};
	const reading = async (which: 'pending' | 'dead') =>
		(await once()).map((one) => ({
			value: one[which],
			attributes: { 'messaging.destination.name': one.topic, 'messaging.consumer.group.name': one.group },
		}));
	return showGauges(
		scope,
		{ 'fefaent.bus.lag': () => reading('pending'), 'fefaent.bus.dead_letters': () => reading('dead') },
		(error, gauge) => onError(error, `gauge ${gauge}`),
	);
}
