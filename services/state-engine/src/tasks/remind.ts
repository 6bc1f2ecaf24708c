import { crashpoint } from '@fefaent/kernel';
import type { Task } from './task.ts';

/** Has reminders told. Those that do not wait any more are passed over by the notification service: nothing is left to do for them either. */
export const remind: Task<unknown> = async (firings, { notifications }) => {
	await crashpoint('engine.remind.before');
	await notifications.remind({ ids: firings.map(({ timer }) => timer.notificationId) });
	await crashpoint('engine.remind.after');
	return firings.map(() => ({ kind: 'done' }));
};
