import { templateBounds } from '@fefaent/contracts/notifier';
import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { issuerCode } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';

/** What a template is for. */
export const templateKey = {
	channel: words.channel.schema,
	kind: words.noticeKind.schema,
	language: words.language.schema,
};

const text = {
	subject: z.string().max(templateBounds.subject).optional().describe('E-mail only.'),
	text: z.string().min(1).max(templateBounds.text).describe('Plain text.'),
	html: z.string().max(templateBounds.html).optional().describe('E-mail only; absent: none.'),
};

/** Mustache texts. */
export const templateText = named(
	'TemplateText',
	z.strictObject(text).describe('Mustache; the variables are those of the eNotumLite contract.'),
);

/** A template as it stands. */
export const template = named(
	'Template',
	z.object({
		...templateKey,
		...text,
		issuerCode: issuerCode.optional().describe("Absent: the platform's own."),
		builtIn: z.boolean().describe('Whether it comes with the software.'),
	}),
);

/** A page of templates, built-in ones first. */
export const templateList = named('TemplateList', z.object({ items: z.array(template), next: z.string().optional() }));

/** Stored. */
export const storedTemplate = named(
	'StoredTemplate',
	z.object({ unknownVariables: z.array(z.string()).describe('Names in it that stand for nothing: mistyped, most likely.') }),
);

/** What to render. */
export const preview = named(
	'Preview',
	z.strictObject({
		...templateKey,
		issuerCode: issuerCode.optional().describe('Whose template to use.'),
		template: templateText.optional().describe('One that is not stored; absent: the one that would be used.'),
		notificationId: z.int().min(0).default(0).describe('Whose data to use; 0: sample data.'),
		recipientIndex: z.int().min(0).max(4).default(0),
	}),
);

/** Rendered: with the values in it, it may be longer than a template. */
export const previewed = named('Previewed', z.object({ subject: z.string().optional(), text: z.string(), html: z.string().optional() }));
