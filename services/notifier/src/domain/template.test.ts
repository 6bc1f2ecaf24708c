import { Language } from '@fefaent/contracts/common';
import { Channel, NoticeKind, type Template } from '@fefaent/contracts/notifier';
import { describe, expect, it } from 'vitest';
import { builtInTemplate, builtInTemplates } from '../templates/built-in/index.ts';
import { languageOf, languages } from './language.ts';
import { everyVariable, sampleNotification } from './sample.ts';
import { isGsm, smsParts } from './sms-text.ts';
import { checkTemplate, chooseTemplate, renderTemplate, templateKey } from './template.ts';
import { viewOf } from './view.ts';

const use = { channel: Channel.EMAIL, kind: NoticeKind.FIRST, language: Language.ES } as const;
const own = (issuerCode: string, language: Template['language'], text: string): Template => ({
	...use,
	issuerCode,
	language,
	subject: 's',
	text,
	html: '',
	builtIn: false,
});
const sample = (language: Template['language']) =>
	viewOf({ notification: sampleNotification, recipientIndex: 0, language: languageOf(language), zone: 'Europe/Madrid' });

describe('built-in templates', () => {
	it('are there for each language, channel and kind', () => {
		expect(new Set(builtInTemplates.map(templateKey)).size).toBe(languages.length * 4);
	});

	it.each(builtInTemplates.map((one) => [`${one.language} ${one.channel} ${one.kind}`, one] as const))(
		'%s says what matters',
		(_, template) => {
			expect(checkTemplate(template, everyVariable(languageOf(template.language)))).toEqual([]);
			const { subject, text, html } = renderTemplate(template, sample(template.language), { fold: true });
			for (const part of template.channel === Channel.SMS ? [text] : [text, html]) {
				for (const fact of ['Ajuntament de Mostra', 'X2026/000123', '2026']) expect(part).toContain(fact);
				expect(part).toMatch(/Resoluci[óo] de la sol[·.]licitud/);
				expect(part).toContain('22');
			}
			if (template.channel === Channel.SMS) {
				expect(isGsm(text)).toBe(true);
				expect(smsParts(text).parts).toHaveLength(1);
			} else {
				expect(subject).toContain('Ajuntament de Mostra');
				expect(html).toContain('d&#39;ajut');
			}
		},
	);
});

describe('chooseTemplate', () => {
	const overrides = [
		own('A', Language.ES, 'A es'),
		own('', Language.ES, 'platform es'),
		own('', Language.EN, 'platform en'),
		own('A', Language.CA, 'A ca'),
	];
	const choice = { overrides: new Map(overrides.map((one) => [templateKey(one), one])), builtIn: builtInTemplate };

	it.each([
		['A', Language.ES, 'A es'],
		['B', Language.ES, 'platform es'],
		['A', Language.EN, 'platform en'],
		['A', Language.CA, 'A ca'],
		['B', Language.CA, builtInTemplate({ ...use, language: Language.CA }).text],
		['A', Language.OC, builtInTemplate({ ...use, language: Language.OC }).text],
	] as const)('%s in %s', (issuer, language, text) => {
		expect(chooseTemplate(issuer, { ...use, language }, choice).text).toBe(text);
	});
});

describe('languageOf', () => {
	it.each([
		[[Language.OC, Language.ES], Language.OC],
		[[Language.UNSPECIFIED, Language.ES], Language.ES],
		[[undefined, Language.UNSPECIFIED], Language.CA],
	] as const)('%j', (wanted, language) => expect(languageOf(...wanted)).toBe(language));
});

describe('checkTemplate', () => {
	const everything = everyVariable(Language.ES);
	const email = own('', Language.ES, 'text');
	const sms = { ...email, channel: Channel.SMS, subject: '' };

	it.each([
		[{ ...email, subject: ' ' }, 'subject', 'an e-mail needs one'],
		[{ ...email, text: '' }, 'text', 'it is empty'],
		[{ ...email, html: '{{#destinatari}}' }, 'html', 'Unclosed section "destinatari" at 16'],
		[{ ...email, text: 'x'.repeat(50_001) }, 'text', 'it is longer than 50000 characters'],
		[{ ...sms, subject: 'x' }, 'subject', 'an SMS has none'],
		[{ ...sms, html: 'x' }, 'html', 'an SMS has none'],
	])('refuses %#', (template, part, problem) => {
		expect(() => checkTemplate(template, everything)).toThrow(
			expect.objectContaining({ reason: 'TEMPLATE_INVALID', details: { part, problem } }),
		);
	});

	it('names what stands for nothing', () => {
		expect(checkTemplate({ ...email, text: '{{notificacio.titull}}' }, everything)).toEqual(['notificacio.titull']);
	});
});

describe('renderTemplate', () => {
	it('keeps a subject on one line, whatever the title holds', () => {
		const draft = sampleNotification.draft;
		if (!draft) throw new Error('the sample has a draft');
		const notification = { ...sampleNotification, draft: { ...draft, title: 'Multa\r\nBcc: tothom@example.org\u2028\0' } };
		const view = viewOf({ notification, recipientIndex: 0, language: Language.CA, zone: 'UTC' });
		const { subject } = renderTemplate({ ...own('', Language.CA, 't'), subject: '{{notificacio.titol}}' }, view, { fold: true });
		expect(subject).toBe('Multa Bcc: tothom@example.org');
	});

	it('bounds an SMS, and folds it only when told to', () => {
		const sms = { ...own('', Language.CA, `notificació ${'x'.repeat(3_000)}`), channel: Channel.SMS, subject: '' };
		expect(renderTemplate(sms, sample(Language.CA), { fold: true }).text).toMatch(/^notificacio x+\.\.\.$/);
		expect(renderTemplate(sms, sample(Language.CA), { fold: false }).text).toMatch(/^notificació /);
		expect(renderTemplate(sms, sample(Language.CA), { fold: true }).text).toHaveLength(1_530);
	});
});
