import type { NotificationEvent } from '@fefaent/contracts/events';
import type { Notification } from '@fefaent/contracts/notification';
import type { NoticeContent, Template } from '@fefaent/contracts/notifier';
import { inHalves, whole } from '@fefaent/service-kit';
import { contentOf, type PlannedNotice, planNotices, recordNotice } from '../domain/compose.ts';
import { wantedBy } from '../domain/events.ts';
import { chooseTemplate, renderTemplate, wantsEvidences } from '../domain/template.ts';
import { viewOf } from '../domain/view.ts';
import type { EventEffect } from '../store/port.ts';
import { builtInTemplate } from '../templates/built-in/index.ts';
import type { OperationDeps } from './deps.ts';
import { type EvidenceTexts, readEvidences } from './evidences.ts';
import { templateChoice } from './templates.ts';

/** An event with the trace that it belongs to. */
export interface TracedEvent {
	readonly event: NotificationEvent;
	readonly traceparent: string | undefined;
}

/**
 * Works out what a batch of events does, and writes it: one call for the notifications, one look for the templates, one call for the evidences if a
 * template mentions them, and one transaction.
 */
export async function applyEvents(deps: OperationDeps, events: readonly TracedEvent[]): Promise<void> {
	const wanted = events.map(({ event }) => wantedBy(event));
	const found = await readNotifications(
		deps,
		events.flatMap(({ event }, index) => (wanted[index]?.kind === 'record' ? [event.notificationId] : [])),
	);
	const planned = events.map(({ event }, index): readonly PlannedNotice[] => {
		const want = wanted[index];
		const notification = found.get(event.notificationId);
		// Unknown: purged meanwhile, with the event of that still to come.
		return want?.kind === 'record' && notification ? planNotices(notification, want.notice) : [];
	});
	const contents = await renderAll(deps, planned.flat());
	const now = deps.clock.now();
	const effects = events.flatMap(({ event, traceparent }, index): EventEffect[] => {
		const want = wanted[index];
		const common = { eventId: event.id, notificationId: event.notificationId };
		switch (want?.kind) {
			case 'record': {
				const notices = (planned[index] ?? []).flatMap((one) => {
					const content = contents.get(one);
					return content ? [recordNotice(one, content, now, { at: event.at, traceparent })] : [];
				});
				return [{ ...common, kind: 'record', notices }];
			}
			case 'drop':
				return [{ ...common, kind: 'drop', at: now }];
			case 'purge':
				return [{ ...common, kind: 'purge' }];
			default:
				return [];
		}
	});
	await deps.store.notices.apply(effects, new Date());
}

async function readNotifications(deps: OperationDeps, ids: readonly number[]): Promise<ReadonlyMap<number, Notification>> {
	// Whole: a template may quote the letter.
	const results = await inHalves([...new Set(ids)], async (some) => (await deps.notifications.get({ ids: some })).results);
	return new Map(whole(results).flatMap(({ id, notification }) => (notification ? [[id, notification] as const] : [])));
}

async function renderAll(deps: OperationDeps, planned: readonly PlannedNotice[]): Promise<ReadonlyMap<PlannedNotice, NoticeContent>> {
	if (planned.length === 0) return new Map();
	const issuers = planned.map((one) => one.notification.draft?.issuer?.code ?? '');
	const choice = await templateChoice(deps.store, issuers);
	const chosen = planned.map((one, index) => ({ planned: one, template: chooseTemplate(issuers[index] ?? '', one, choice) }));
	const asking = chosen.filter(({ template }) => wantsEvidences(template)).map((one) => one.planned.notification);
	const evidences = asking.length > 0 ? await readEvidences(deps.evidences, asking) : new Map<number, EvidenceTexts>();
	return new Map(chosen.map(({ planned: one, template }) => [one, render(deps, one, template, evidences.get(one.notification.id))]));
}

/** A template that was stored before a bound changed may fail now: the recipient is told all the same, by the built-in one. */
function render(deps: OperationDeps, planned: PlannedNotice, template: Template, evidences: EvidenceTexts | undefined): NoticeContent {
	const { notification, recipientIndex, language } = planned;
	const view = viewOf({ notification, recipientIndex, language, ...deps.rendering, ...(evidences && { evidences }) });
	try {
		return contentOf(template, renderTemplate(template, view, deps.rendering));
	} catch (error) {
		if (template.builtIn) throw error;
		const { issuerCode, channel, kind } = template;
		deps.logger.error(
			{ err: error, issuerCode, channel, kind, notificationId: notification.id },
			'a template fails: the built-in one is used',
		);
		const fallback = builtInTemplate({ channel, kind, language });
		return contentOf(fallback, renderTemplate(fallback, view, deps.rendering));
	}
}
