import { State } from '@fefaent/contracts/notification';
import { temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import { changed, noon } from '../testing/fixtures.ts';
import type { CallbackStore } from './port.ts';
import { openSqliteCallbackStore } from './sqlite.ts';

const state = State.DEPOSITED;
const later = new Date(noon.getTime() + 3_600_000);
/** How many deliveries are due, behind all those that were put off. */
const dueNow = 64;

function delivery(notificationId: number, dueAt: Date) {
	return newDelivery({ ...changed(notificationId, state, noon, { id: `event-${notificationId}` }), state }, { id: 'e' }, dueAt, undefined);
}

/** Shortest time of a question in milliseconds: what else the machine does only makes it longer. */
async function shortest(ask: () => Promise<unknown>): Promise<number> {
	const times: number[] = [];
	for (let run = 0; run < 12; run++) {
		const began = performance.now();
		await ask();
		times.push(performance.now() - began);
	}
	return Math.min(...times);
}

/** What each question of the queue costs while so many earlier deliveries of the endpoint were put off. */
async function costs(store: CallbackStore): Promise<Readonly<Record<string, number>>> {
	expect(await store.due('e', noon, 1_000)).toHaveLength(dueNow);
	return {
		due: await shortest(() => store.due('e', noon, dueNow)),
		endpointsDue: await shortest(() => store.endpointsDue(noon)),
		nextInstant: await shortest(() => store.nextInstant(noon)),
		countDue: await shortest(() => store.countDue(['e'], noon)),
		forget: await shortest(() => store.forget([999_999], 'NOTIFICATION_PURGED', noon)),
	};
}

// Statistics are written at a clean close, so that a store plans otherwise after a stop than after a kill.
test('a queue ten times as long costs nowhere near ten times as much, before statistics and with them', { timeout: 30_000 }, async () => {
	await using folder = temporaryFolder();
	const open = (length: number) => openSqliteCallbackStore({ path: folder.join(`${length}.db`) });
	const measured: Readonly<Record<string, number>>[] = [];
	for (const length of [2_000, 20_000]) {
		let store = open(length);
		for (let begin = 0; begin < length; begin += 1_000) {
			await store.record(Array.from({ length: 1_000 }, (_, index) => delivery(begin + index + 1, later)));
		}
		await store.record(Array.from({ length: dueNow }, (_, index) => delivery(length + index + 1, noon)));
		measured.push(await costs(store));
		await store.close();
		store = open(length);
		measured.push(await costs(store));
		await store.close();
	}
	const [short, shortKnown, long, longKnown] = measured;
	for (const [less, more] of [
		[short, long],
		[shortKnown, longKnown],
	]) {
		// Times too short to be compared count as a tenth of a millisecond.
		const ratio = (name: string) => Math.max(more?.[name] ?? 0, 0.1) / Math.max(less?.[name] ?? 0, 0.1);
		const ratios = Object.fromEntries(Object.keys(less ?? {}).map((name) => [name, ratio(name)]));
		expect(Object.entries(ratios).filter(([, one]) => one > 4)).toEqual([]);
	}
});
