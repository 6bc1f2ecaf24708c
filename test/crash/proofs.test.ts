// The comparison that the crash suites rely on finds what it should: one real life of each kind, and every fact of it changed in turn.
import type { Evidence } from '@fefaent/contracts/evidence';
import type { Notification, TimelineEntry } from '@fefaent/contracts/notification';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { contradictions, type TakenCallback } from './proofs.ts';
import { type Ending, Journal, plan, play } from './scenario.ts';

interface Life {
	readonly stored: Notification;
	readonly sealed: readonly Evidence[];
	readonly callbacks: readonly TakenCallback[];
}

let house: House;
const lives = new Map<Ending, Life>();

beforeAll(async () => {
	house = await openHouse({ smtp: false });
	const planned = plan('proof', 5);
	const journal = new Journal();
	const process = await house.start();
	await play(process, planned, journal);
	await process.settle();
	await house.stop(process);
	await house.inspect(async ({ clients }, outside) => {
		for (const { reference, ending } of planned) {
			const id = journal.idOf(reference) ?? 0;
			const [stored] = (await clients.notifications.get({ ids: [id] })).results;
			if (!stored?.notification) throw new Error(`${reference} is not stored`);
			const keys = stored.notification.evidences.map(({ transition }) => ({ notificationId: id, transition }));
			const sealed = (await clients.evidences.get({ keys })).results.flatMap(({ evidence }) => evidence ?? []);
			lives.set(ending, {
				stored: stored.notification,
				sealed,
				callbacks: outside.callbacks.filter((one) => one.notificationId === id),
			});
		}
	});
}, 30_000);

afterAll(() => house?.[Symbol.asyncDispose]());

function lifeOf(ending: Ending): Life {
	const life = lives.get(ending);
	if (!life) throw new Error(`no life was ${ending}`);
	return life;
}

const found = ({ stored, sealed, callbacks }: Life, ending: Ending) => contradictions(stored, ending, sealed, callbacks);
const later = (at: Date | undefined) => new Date((at?.getTime() ?? 0) + 1);

function entry(life: Life, category: string, change: (one: TimelineEntry) => Partial<TimelineEntry>): Life {
	const timeline = life.stored.timeline.map((one) => (one.category === category ? { ...one, ...change(one) } : one));
	return { ...life, stored: { ...life.stored, timeline } };
}

function body(life: Life, state: string, change: (text: string) => string): Life {
	return { ...life, callbacks: life.callbacks.map((one) => (one.state === state ? { ...one, body: change(one.body) } : one)) };
}

test.each<Ending>(['accepted', 'rejected', 'expired', 'discarded', 'consulted'])('what was %s contradicts itself nowhere', (ending) => {
	expect(lifeOf(ending).callbacks).toHaveLength(2);
	expect(found(lifeOf(ending), ending)).toEqual([]);
});

test.each<[string, Ending, (life: Life) => Life]>([
	['another instant in the history', 'accepted', (life) => entry(life, 'ACCEPTED', ({ at }) => ({ at: later(at) }))],
	['another author in the history', 'expired', (life) => entry(life, 'EXPIRED', () => ({ actor: 'issuer' }))],
	['another evidence in the history', 'rejected', (life) => entry(life, 'REJECTED', () => ({ detail: 'other' }))],
	[
		'a state reached twice',
		'rejected',
		(life) => ({ ...life, stored: { ...life.stored, timeline: [...life.stored.timeline, ...life.stored.timeline] } }),
	],
	['a state that was not decided', 'discarded', (life) => entry(life, 'CLAIMED', () => ({ detail: 'ACCEPT' }))],
	[
		'another instant of the state',
		'accepted',
		(life) => ({ ...life, stored: { ...life.stored, practisedAt: later(life.stored.practisedAt) } }),
	],
	['another signatory', 'accepted', (life) => ({ ...life, stored: { ...life.stored, practisedBy: undefined } })],
	[
		'another time of deposit',
		'consulted',
		(life) => ({ ...life, stored: { ...life.stored, depositedAt: later(life.stored.depositedAt) } }),
	],
	['an evidence too few', 'accepted', (life) => ({ ...life, sealed: life.sealed.slice(0, 1) })],
	[
		'the evidence of another decision',
		'accepted',
		(life) => ({ ...life, sealed: life.sealed.map((one) => ({ ...one, xml: lifeOf('rejected').sealed[1]?.xml ?? one.xml })) }),
	],
	[
		'an evidence that was changed',
		'expired',
		(life) => ({
			...life,
			sealed: life.sealed.map((one) => ({ ...one, xml: Buffer.from(Buffer.from(one.xml).toString().replace('EXPIRAR', 'REBUTJAR')) })),
		}),
	],
	[
		'a callback of another instant',
		'discarded',
		(life) => body(life, 'DESCARTADA', (text) => text.replace(/(<DataPracticar>\d{4})/, '$11')),
	],
	['a callback with another evidence', 'expired', (life) => body(life, 'EXPIRADA', (text) => text.replace('EXPIRAR', 'REBUTJAR'))],
	[
		'a callback with a changed deposit',
		'accepted',
		(life) => body(life, 'DIPOSITADA', (text) => text.replace('DIPOSIT&lt;', 'DIPOSIT &lt;')),
	],
	['a callback to another issuer', 'accepted', (life) => body(life, 'ACCEPTADA', (text) => text.replace('>DEMO<', '>OTHER<'))],
])('%s is found', (_, ending, change) => {
	const changed = change(lifeOf(ending));
	expect(changed).not.toEqual(lifeOf(ending));
	expect(found(changed, ending)).not.toEqual([]);
});
