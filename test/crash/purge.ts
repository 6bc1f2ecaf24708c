// The end of everything: notifications are exported and removed after their retention, also those whose last change an endpoint was never told of.
import { Transition } from '@fefaent/contracts/notification';
import type { RunningFefaent } from '../support/process.ts';
import type { Books } from './ledger.ts';
import { type Journal, type Planned, playUntilWaiting } from './scenario.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Plays lives and lets their retention pass. May be broken off and run again: a purge frees the issuer's references, so a repeated create may make a new
 * notification, which is purged in its turn.
 */
export async function playPurge(
	process: RunningFefaent,
	house: Surroundings,
	planned: readonly Planned[],
	journal: Journal,
): Promise<void> {
	const { advance, settle } = process;
	house.receiver.respondWith(house.accept);
	// A purge that was broken off goes on by itself: what it still removes is not to be taken up again.
	await settle();
	await playUntilWaiting(process, planned, journal);
	await settle();
	// What expires now is still to be told when it is purged.
	house.receiver.respondWith(() => ({ status: 500 }));
	await advance('P11D');
	await settle();
	// Two months from the receipt, and a week from the end: the second move is over the grace of what the first one ended.
	await advance('P62D');
	await settle();
	await advance('P8D');
	await settle();
}

/** What is wrong with what a purge left; empty when nothing is. */
export async function leftovers(fefaent: Books, journal: Journal): Promise<string[]> {
	const wrong: string[] = [];
	const { notifications, evidences, notifier, lifecycle } = fefaent.clients;
	const ids = [...journal.ids.values()].flatMap((known) => [...known]);
	const { results } = await notifications.get({ ids });
	for (const { id, notification } of results) {
		if (notification) wrong.push(`${id} is still there, as ${notification.state}`);
		const exported = await notifications.getExport({ id }).catch((error: unknown) => error as Error);
		if (!('zip' in exported) || exported.zip.length === 0) wrong.push(`${id} has no export`);
		const kept = await evidences.get({ keys: [{ notificationId: id, transition: Transition.DEPOSIT }] });
		const deposit = kept.results[0]?.evidence;
		if (!deposit) wrong.push(`${id}: that it had a deposit evidence is forgotten`);
		else if (deposit.xml.length > 0 || deposit.sha256.length !== 32) wrong.push(`${id}: its deposit evidence is not a digest alone`);
	}
	const { notices } = await notifier.listNotices({ notificationIds: ids });
	if (notices.length > 0) wrong.push(`${notices.length} notices are left, with their addresses`);
	const { workflows } = await lifecycle.listTimers({ ids });
	if (workflows.length > 0) wrong.push(`${workflows.length} workflows are left`);
	const dead = await fefaent.bus.deadLetters();
	if (dead.length > 0) wrong.push(`${dead.length} dead letters: ${dead[0]?.group}: ${dead[0]?.reason}`);
	return wrong;
}
