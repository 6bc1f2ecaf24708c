import type { Template } from '@fefaent/contracts/notifier';
import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import { issuerCode, limit, pageQuery, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { positionOf, positionText } from './position.ts';
import { preview, previewed, storedTemplate, templateKey, templateList, templateText } from './schemas.ts';
import { coreTemplate, viewTemplate } from './translate.ts';

const path = '/admin/v1/templates';
const tag = 'templates';
const params = z.object(templateKey);
const query = z.strictObject({ issuer: issuerCode.optional().describe("Whose; absent: the platform's own.") });

/** Operations on templates of notices. */
export const templateOperations = [
	operation({
		method: 'get',
		path,
		id: 'listTemplates',
		tag,
		summary: 'Lists templates: the built-in ones first, then overrides.',
		input: {
			query: z.strictObject({
				issuer: issuerCode.optional().describe("Only those that this issuer's notices are chosen from."),
				after: pageQuery.after.refine((text) => text === undefined || positionOf(text) !== undefined, 'is no `next` of a page'),
				limit: limit(100).describe('Most entries, 1 to 100; a page of long texts ends earlier.'),
			}),
		},
		success: { status: 200, says: 'A page of templates.', json: templateList },
		handle: async ({ notifier }, { query }) => {
			const after = query.after === undefined ? undefined : positionOf(query.after);
			const { templates, nextAfter } = await notifier.listTemplates({
				issuerCode: query.issuer ?? '',
				limit: query.limit,
				...(after && { after }),
			});
			const items = templates.map(viewTemplate).filter((one) => one !== undefined);
			return { items, ...(nextAfter && { next: positionText(nextAfter) }) };
		},
	}),
	operation({
		method: 'put',
		path: `${path}/{channel}/{kind}/{language}`,
		id: 'putTemplate',
		tag,
		summary: 'Overrides a template, of the platform or of one issuer.',
		input: { params, query, body: templateText },
		success: { status: 200, says: 'Stored.', json: storedTemplate },
		handle: async ({ notifier, directory }, { params, query: { issuer }, body }) => {
			if (issuer !== undefined) await directory.getIssuer(issuer);
			const { unknownVariables } = await notifier.putTemplate({
				template: coreTemplate({ ...params, ...body, ...textAs('issuerCode', issuer) }),
			});
			return { unknownVariables };
		},
	}),
	operation({
		method: 'delete',
		path: `${path}/{channel}/{kind}/{language}`,
		id: 'removeTemplate',
		tag,
		summary: 'Removes an override.',
		input: { params, query },
		success: { status: 204, says: 'Removed.' },
		failures: { 404: 'TEMPLATE_UNKNOWN.' },
		handle: async ({ notifier }, { params, query }) => {
			const { removed } = await notifier.deleteTemplate({
				issuerCode: query.issuer ?? '',
				channel: words.channel.toCore(params.channel),
				kind: words.noticeKind.toCore(params.kind),
				language: words.language.toCore(params.language),
			});
			if (!removed) throw adminError('TEMPLATE_UNKNOWN');
			return undefined;
		},
	}),
	operation({
		method: 'post',
		path: `${path}/preview`,
		id: 'previewTemplate',
		tag,
		summary: 'Renders a template; sends nothing.',
		input: { body: preview },
		success: { status: 200, says: 'Rendered.', json: previewed },
		failures: { 404: 'NOTIFICATION_UNKNOWN, RECIPIENT_UNKNOWN.' },
		handle: async ({ notifier }, { body: { template, channel, kind, language, issuerCode = '', ...rest } }) => {
			const key = { channel, kind, language };
			const unsaved: Template | undefined = template && coreTemplate({ ...key, ...template, issuerCode });
			const rendered = await notifier.preview({
				...rest,
				issuerCode,
				channel: words.channel.toCore(channel),
				kind: words.noticeKind.toCore(kind),
				language: words.language.toCore(language),
				...(unsaved && { template: unsaved }),
			});
			return { text: rendered.text, ...textAs('subject', rendered.subject), ...textAs('html', rendered.html) };
		},
	}),
];
