import type { NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import { type Handlers, traceIdOf } from '@fefaent/service-kit';
import { publicNotice } from '../domain/notice.ts';
import type { OperationDeps } from '../operations/deps.ts';
import { listTemplates } from './list-templates.ts';
import { preview } from './preview.ts';
import { redriveNotices } from './redrive.ts';
import { checkedIds, checkedLimit } from './requests.ts';
import { deleteTemplate, putTemplate } from './templates.ts';

/** The NotifierService. */
export function notifierHandlers(deps: OperationDeps): Handlers<NotifierServiceDefinition> {
	const { store } = deps;
	return {
		putTemplate: (request) => putTemplate(request, deps),
		listTemplates: (request) => listTemplates(request, deps),
		deleteTemplate: (request) => deleteTemplate(request, deps),
		preview: (request) => preview(request, deps),
		listNotices: async ({ notificationIds }) => ({
			notices: (await store.notices.listByNotifications(checkedIds(notificationIds))).map((record) => ({
				...publicNotice(record),
				traceId: traceIdOf(record.document.traceparent),
			})),
		}),
		redriveNotices: (request) => redriveNotices(request, deps),
		listSmsOutbox: async ({ limit }) => ({ messages: [...(await store.messages.listSms(checkedLimit(limit)))] }),
		listMailOutbox: async ({ limit }) => ({ messages: [...(await store.messages.listMails(checkedLimit(limit)))] }),
	};
}
