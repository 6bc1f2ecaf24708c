import { Channel, NoticeKind, type Template, templateBounds } from '@fefaent/contracts/notifier';
import { DomainError } from '@fefaent/kernel';
import { notifierError } from '../errors.ts';
import { languages, type WrittenLanguage } from './language.ts';
import { compilePart, type Escaping, renderPart, unknownNames } from './render.ts';
import { foldToGsm } from './sms-text.ts';
import type { View } from './view.ts';

/** What a template is for; with its issuer, what it is known by. */
export type TemplateUse = Pick<Template, 'channel' | 'kind' | 'language'>;

/** What a template is known by. */
export type TemplateKey = Pick<Template, 'issuerCode' | 'channel' | 'kind' | 'language'>;

/** The key as text, for maps. */
export function templateKey({ issuerCode, channel, kind, language }: TemplateKey): string {
	return `${channel} ${kind} ${language} ${issuerCode}`;
}

type PartName = 'subject' | 'text' | 'html';

/** The parts, with how values are written in them and how long each may be. */
const parts: readonly { readonly name: PartName; readonly escaping: Escaping; readonly max: number }[] = [
	{ name: 'subject', escaping: 'none', max: templateBounds.subject },
	{ name: 'text', escaping: 'none', max: templateBounds.text },
	{ name: 'html', escaping: 'html', max: templateBounds.html },
];

/** @throws `ITEM_INVALID` for a key without issuer code length, channel, kind or language that templates are kept by */
export function checkTemplateKey({ issuerCode, channel, kind, language }: TemplateKey): void {
	if (issuerCode.length > 100) throw notifierError('ITEM_INVALID', { field: 'issuer_code' });
	if (channel !== Channel.EMAIL && channel !== Channel.SMS) throw notifierError('ITEM_INVALID', { field: 'channel' });
	if (kind !== NoticeKind.FIRST && kind !== NoticeKind.REMINDER) throw notifierError('ITEM_INVALID', { field: 'kind' });
	if (!languages.some((one) => one === language)) throw notifierError('ITEM_INVALID', { field: 'language' });
}

/**
 * Checks that a template can be used.
 * @param everything a view with every variable set
 * @returns the names in it that stand for nothing
 * @throws `TEMPLATE_INVALID`, which names the part and what is wrong
 */
export function checkTemplate(template: Template, everything: View): readonly string[] {
	const sms = template.channel === Channel.SMS;
	if (sms && template.subject !== '') throw invalid('subject', 'an SMS has none');
	if (sms && template.html !== '') throw invalid('html', 'an SMS has none');
	if (!sms && template.subject.trim() === '') throw invalid('subject', 'an e-mail needs one');
	if (template.text.trim() === '') throw invalid('text', 'it is empty');
	const unknown = new Set<string>();
	for (const { name, max, escaping } of parts) {
		const source = template[name];
		if (source.length > max) throw invalid(name, `it is longer than ${max} characters`);
		try {
			for (const one of unknownNames(source, everything)) unknown.add(one);
			renderPart(source, everything, escaping);
		} catch (error) {
			if (error instanceof DomainError) throw error;
			throw invalid(name, error instanceof Error ? error.message : 'it cannot be read');
		}
	}
	return [...unknown];
}

function invalid(part: PartName, problem: string): DomainError {
	return notifierError('TEMPLATE_INVALID', { part, problem });
}

/** Whether a template mentions evidences; one that cannot be read does not. */
export function wantsEvidences(template: Template): boolean {
	try {
		return parts.some(({ name }) => compilePart(template[name]).wantsEvidences);
	} catch {
		return false;
	}
}

/** A rendered template. */
export interface Rendered {
	readonly subject: string;
	readonly text: string;
	readonly html: string;
}

/** Longest SMS, in characters: ten parts of the GSM alphabet. A longer one is cut, since what it costs must have a bound. */
export const maxSmsCharacters = 1_530;

/** Longest subject, in characters. */
const maxSubject = 250;

/**
 * Renders a template. A subject is one line, whatever the values hold.
 * @param options.fold writes an SMS in the GSM alphabet where it can be
 * @throws `TEMPLATE_TOO_LARGE`; Error for a template that cannot be read
 */
export function renderTemplate(template: Template, view: View, options: { readonly fold: boolean }): Rendered {
	const text = renderPart(template.text, view, 'none');
	if (template.channel === Channel.SMS) {
		const line = text.replace(/\s+/g, ' ').trim();
		return { subject: '', text: cut(options.fold ? foldToGsm(line) : line, maxSmsCharacters), html: '' };
	}
	return {
		subject: cut(oneLine(renderPart(template.subject, view, 'none')), maxSubject),
		text,
		html: renderPart(template.html, view, 'html'),
	};
}

/** Without control characters and line ends, which could begin another header. */
export function oneLine(text: string): string {
	return text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
}

function cut(text: string, length: number): string {
	const signs = [...text];
	return signs.length <= length ? text : `${signs.slice(0, length - 3).join('')}...`;
}

/** Where templates come from: overrides by {@link templateKey}, and those that come with the software. */
export interface TemplateChoice {
	readonly overrides: ReadonlyMap<string, Template>;
	readonly builtIn: (use: TemplateUse) => Template;
}

/** The issuer's own in the language, else the platform's in it, else the built-in one of it. */
export function chooseTemplate(
	issuerCode: string,
	use: { readonly channel: Template['channel']; readonly kind: Template['kind']; readonly language: WrittenLanguage },
	{ overrides, builtIn }: TemplateChoice,
): Template {
	return overrides.get(templateKey({ ...use, issuerCode })) ?? overrides.get(templateKey({ ...use, issuerCode: '' })) ?? builtIn(use);
}
