import type { Template } from '@fefaent/contracts/notifier';
import type { z } from 'zod';
import { textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import type { template, templateText } from './schemas.ts';

/** A template as the API shows it; undefined for one that this version has no word for. */
export function viewTemplate(one: Template): z.input<typeof template> | undefined {
	const channel = words.channel.toWord(one.channel);
	const kind = words.noticeKind.toWord(one.kind);
	const language = words.language.toWord(one.language);
	if (!channel || !kind || !language) return undefined;
	return {
		channel,
		kind,
		language,
		text: one.text,
		builtIn: one.builtIn,
		...textAs('issuerCode', one.issuerCode),
		...textAs('subject', one.subject),
		...textAs('html', one.html),
	};
}

/** A template of the contract. */
export function coreTemplate(
	one: Pick<z.output<typeof template>, 'channel' | 'kind' | 'language'> & z.output<typeof templateText> & { readonly issuerCode?: string },
): Template {
	return {
		issuerCode: one.issuerCode ?? '',
		channel: words.channel.toCore(one.channel),
		kind: words.noticeKind.toCore(one.kind),
		language: words.language.toCore(one.language),
		subject: one.subject ?? '',
		text: one.text,
		html: one.html ?? '',
		builtIn: false,
	};
}
