import { Language, type Recipient } from '@fefaent/contracts/common';
import type { Notification } from '@fefaent/contracts/notification';
import type { Notice } from '@fefaent/contracts/notifier';
import { onTestFinished } from 'vitest';
import { sampleNotification } from '../domain/sample.ts';
import { eventOf, startWorld, type World } from './world.ts';

/** Settings with few tries, an hour and more apart. */
export const retrySoon = { FEFAENT_NOTIFIER_RETRY_FIRST: '1h', FEFAENT_NOTIFIER_ATTEMPTS: '3' };

/** A world that ends with its test. */
export async function world(env: Record<string, string> = {}): Promise<World> {
	const made = await startWorld(env);
	onTestFinished(() => made[Symbol.asyncDispose]());
	return made;
}

const [natural] = sampleNotification.draft?.recipients ?? [];

/** A person with these mailboxes and telephones. */
export function recipient(emails: readonly string[], phones: readonly string[], language: Language = Language.CA): Recipient {
	return { party: natural?.party, emails: [...emails], phones: [...phones], language };
}

/** Tells the world that a notification was deposited, and waits until what follows was tried. */
export function deposit(here: World, notification: Notification): Promise<void> {
	here.notifications.set(notification.id, notification);
	return here.happen(eventOf(notification));
}

/** The notices of a notification. */
export async function noticesOf(here: World, id: number): Promise<readonly Notice[]> {
	return (await here.client.listNotices({ notificationIds: [id] })).notices;
}

/** Where the notices of a notification stand. */
export async function statesOf(here: World, id: number): Promise<readonly Notice['state'][]> {
	return (await noticesOf(here, id)).map(({ state }) => state);
}
