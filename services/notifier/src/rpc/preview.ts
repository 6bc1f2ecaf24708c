import type { Notification } from '@fefaent/contracts/notification';
import type { PreviewRequest, PreviewResponse, Template } from '@fefaent/contracts/notifier';
import { languageOf } from '../domain/language.ts';
import { everyVariable, sampleEvidence, sampleNotification } from '../domain/sample.ts';
import { checkTemplate, checkTemplateKey, chooseTemplate, renderTemplate, wantsEvidences } from '../domain/template.ts';
import { viewOf } from '../domain/view.ts';
import { notifierError } from '../errors.ts';
import type { OperationDeps } from '../operations/deps.ts';
import { type EvidenceTexts, readEvidences } from '../operations/evidences.ts';
import { templateChoice } from '../operations/templates.ts';

/** Renders as a notice would be, and sends nothing. */
export async function preview(request: PreviewRequest, deps: OperationDeps): Promise<PreviewResponse> {
	const notification = await notificationOf(request.notificationId, deps);
	const recipient = notification.draft?.recipients[request.recipientIndex];
	if (recipient === undefined) throw notifierError('RECIPIENT_UNKNOWN');
	const template = await templateOf(request, notification, deps);
	const language = languageOf(template.language);
	const evidences = wantsEvidences(template) ? await evidencesOf(request.notificationId, notification, deps) : undefined;
	const view = viewOf({
		notification,
		recipientIndex: request.recipientIndex,
		language,
		...deps.rendering,
		...(evidences && { evidences }),
	});
	return renderTemplate(template, view, deps.rendering);
}

async function notificationOf(id: number, { notifications }: OperationDeps): Promise<Notification> {
	if (id === 0) return sampleNotification;
	const { results } = await notifications.get({ ids: [id] });
	const found = results[0]?.notification;
	if (found === undefined) throw notifierError('NOTIFICATION_UNKNOWN');
	return found;
}

async function templateOf(request: PreviewRequest, notification: Notification, { store }: OperationDeps): Promise<Template> {
	const { template, recipientIndex, channel, kind } = request;
	if (template !== undefined) {
		checkTemplateKey(template);
		checkTemplate(template, everyVariable(languageOf(template.language)));
		return template;
	}
	const draft = notification.draft;
	const issuerCode = request.issuerCode || (request.notificationId === 0 ? '' : (draft?.issuer?.code ?? ''));
	const language = languageOf(request.language, draft?.recipients[recipientIndex]?.language, draft?.language);
	checkTemplateKey({ issuerCode, channel, kind, language });
	return chooseTemplate(issuerCode, { channel, kind, language }, await templateChoice(store, [issuerCode]));
}

async function evidencesOf(id: number, notification: Notification, { evidences }: OperationDeps): Promise<EvidenceTexts | undefined> {
	if (id === 0) return { deposit: sampleEvidence };
	return (await readEvidences(evidences, [notification])).get(id);
}
