import { Notification, NotificationView, State, Transition } from '@fefaent/contracts/notification';
import { byWeight, inHalves, whole } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { after, claimItem, completeItem, draft } from './testing/fixtures.ts';
import { createdOf, type Harness, harness } from './testing/harness.ts';

/** A hundred of them are above what a message takes, 16 MiB; an answer of letters is, of anything else is not. */
const letter = { body: 'Cos. '.repeat(20_000), appealFooter: 'Peu. '.repeat(14_000) };

async function created(h: Harness): Promise<number[]> {
	const drafts = Array.from({ length: 100 }, (_, index) => draft({ ...letter, title: `N${index}` }));
	await expect(h.client.create({ drafts })).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
	const parts = byWeight(drafts);
	expect(parts.length).toBeLessThan(5);
	const answers = await Promise.all(parts.map((some) => h.client.create({ drafts: some })));
	return answers.flatMap(({ results }) => results.map((one) => createdOf(one).id));
}

const bytesOf = (notifications: readonly (Notification | undefined)[]): number =>
	notifications.reduce((sum, one) => sum + (one ? Notification.encode(one).finish().byteLength : 0), 0);

it('answers about a hundred do not carry their letters', async () => {
	await using h = await harness();
	const ids = await created(h);
	const claims = await h.client.claim({ items: ids.map((id) => claimItem(id, Transition.DEPOSIT, [State.ENTERED])) });
	const claimed = claims.results.map((one) => one.notification);
	expect(claimed[7]?.draft).toEqual(draft({ title: 'N7' }));
	const { notifications: pending } = await h.client.listClaims({ before: after(1), limit: 100 });
	expect(pending).toHaveLength(100);
	expect(pending[7]).toMatchObject({ id: ids[7], claim: { transition: Transition.DEPOSIT }, timeline: [] });
	const done = await h.client.complete({ items: ids.map((id) => completeItem(id, Transition.DEPOSIT)) });
	const completed = done.results.map(({ outcome }) => (outcome?.$case === 'notification' ? outcome.value : undefined));
	const { notifications: found } = await h.client.search({
		issuerCode: '',
		issuerReference: '',
		state: State.DEPOSITED,
		beforeId: 0,
		limit: 100,
	});
	expect(found.toReversed().map((one) => one.id)).toEqual(ids);
	expect(found[0]).toMatchObject({ draft: { title: 'N99', recipients: [], documents: [], body: '' }, evidences: [{}], timeline: [] });
	const cases = (await h.client.get({ ids, view: NotificationView.CASE })).results.map((one) => one.notification);
	for (const many of [claimed, cases]) expect(bytesOf(many)).toBeLessThan(100 * 1_000);
	for (const many of [pending, completed, found]) expect(bytesOf(many)).toBeLessThan(100 * 500);
});

it('everything is there for who asks for it, as many at a time as a message takes', async () => {
	await using h = await harness();
	const ids = await created(h);
	await expect(h.client.get({ ids })).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
	const results = whole(await inHalves(ids, async (some) => (await h.client.get({ ids: some })).results));
	expect(results.map((one) => one.id)).toEqual(ids);
	for (const { notification } of results) expect(notification?.draft).toMatchObject(letter);
});

it('a view leaves the record as it is', async () => {
	await using h = await harness();
	const id = await h.created(letter);
	await h.walk(id, Transition.DEPOSIT, Transition.ACCEPT);
	const seen = async (view?: NotificationView) => (await h.client.get({ ids: [id], ...(view && { view }) })).results[0]?.notification;
	expect((await seen(NotificationView.SUMMARY))?.timeline).toEqual([]);
	const whole = await seen();
	expect(whole).toMatchObject({ draft: draft(letter), state: State.ACCEPTED, practisedBy: {} });
	expect(whole?.timeline).toHaveLength(5);
	expect(await seen(NotificationView.CASE)).toEqual({ ...whole, draft: draft() });
});
