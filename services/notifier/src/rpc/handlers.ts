import type { NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import type { Handlers } from '@fefaent/service-kit';
import { publicNotice, redriven } from '../domain/notice.ts';
import type { OperationDeps } from '../operations/deps.ts';
import { preview } from './preview.ts';
import { checkedIds, checkedLimit, selectionOf } from './requests.ts';
import { deleteTemplate, listTemplates, putTemplate } from './templates.ts';

/** The NotifierService. */
export function notifierHandlers(deps: OperationDeps): Handlers<NotifierServiceDefinition> {
	const { store, clock } = deps;
	return {
		putTemplate: (request) => putTemplate(request, deps),
		listTemplates: (request) => listTemplates(request, deps),
		deleteTemplate: (request) => deleteTemplate(request, deps),
		preview: (request) => preview(request, deps),
		listNotices: async ({ notificationIds }) => ({
			notices: (await store.notices.listByNotifications(checkedIds(notificationIds))).map(publicNotice),
		}),
		redriveNotices: async (request) => {
			const now = clock.now();
			return { redriven: await store.notices.changeMany(selectionOf(request), (current) => redriven(current, now)) };
		},
		listSmsOutbox: async ({ limit }) => ({ messages: [...(await store.outbox.listSms(checkedLimit(limit)))] }),
		listMailOutbox: async ({ limit }) => ({ messages: [...(await store.outbox.listMails(checkedLimit(limit)))] }),
	};
}
