import { Language } from '@fefaent/contracts/common';
import { Channel, NoticeKind, type Template } from '@fefaent/contracts/notifier';
import { languageOf, languages } from '../../domain/language.ts';
import { type TemplateUse, templateKey } from '../../domain/template.ts';
import { catalan, english, type KindPhrases, occitan, type Phrases, spanish } from './phrases.ts';

const phrasesOf = {
	[Language.CA]: catalan,
	[Language.ES]: spanish,
	[Language.OC]: occitan,
	[Language.EN]: english,
} as const;

const expiry = (inner: string): string => `{{#notificacio.dataExpiracioText}}${inner}{{/notificacio.dataExpiracioText}}`;
const access = (inner: string): string => `{{#plataforma.adreca}}${inner}{{/plataforma.adreca}}`;

/** The plain text part. */
function textOf(phrases: Phrases, kind: KindPhrases): string {
	return `${phrases.greeting} {{destinatari.nomComplet}}:

${kind.opening}

${phrases.issuer}: {{notificacio.emissor.descripcio}}
${phrases.title}: {{notificacio.titol}}
${phrases.reference}: {{notificacio.referencia}}
${phrases.deposited}: {{notificacio.dataDipositText}}
{{#notificacio.dataExpiracioText}}
${phrases.expires}: {{notificacio.dataExpiracioText}}

${phrases.until} {{notificacio.dataExpiracioText}}. ${phrases.after}
{{/notificacio.dataExpiracioText}}
{{#plataforma.adreca}}

${phrases.access} {{plataforma.adreca}}
{{/plataforma.adreca}}

--
${phrases.footer}
`;
}

/** The HTML part: one column, no images, nothing fetched from elsewhere. */
function htmlOf(phrases: Phrases, kind: KindPhrases): string {
	const row = (label: string, value: string): string =>
		`<tr><th scope="row" style="text-align:left;padding:4px 16px 4px 0;font-weight:600;vertical-align:top">${label}</th><td style="padding:4px 0">${value}</td></tr>`;
	return `<!doctype html>
<html lang="${phrases.code}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{notificacio.titol}}</title></head>
<body style="margin:0;background:#f4f4f4;color:#1a1a1a;font:16px/1.5 Helvetica,Arial,sans-serif">
<div style="max-width:600px;margin:0 auto;padding:24px;background:#fff">
<p>${phrases.greeting} {{destinatari.nomComplet}}:</p>
<p>${kind.opening}</p>
<table role="presentation" style="border-collapse:collapse;margin:16px 0">
${row(phrases.issuer, '{{notificacio.emissor.descripcio}}')}
${row(phrases.title, '{{notificacio.titol}}')}
${row(phrases.reference, '{{notificacio.referencia}}')}
${row(phrases.deposited, '{{notificacio.dataDipositText}}')}
${expiry(row(phrases.expires, '{{notificacio.dataExpiracioText}}'))}
</table>
${expiry(`<p>${phrases.until} <strong>{{notificacio.dataExpiracioText}}</strong>. ${phrases.after}</p>`)}
${access(`<p>${phrases.access} <a href="{{plataforma.adreca}}">{{plataforma.adreca}}</a></p>`)}
<hr style="border:0;border-top:1px solid #ccc"><p style="font-size:13px;color:#555">${phrases.footer}</p>
</div>
</body>
</html>
`;
}

/** One line: with usual values it takes no more than the 160 characters of one message. */
function smsOf(kind: KindPhrases): string {
	const what = '"{{notificacio.titolBreu}}" (ref. {{notificacio.referenciaBreu}}).';
	const until = `{{#notificacio.dataExpiracioBreu}} ${kind.smsUntil} {{notificacio.dataExpiracioBreu}}.{{/notificacio.dataExpiracioBreu}}`;
	return `{{notificacio.emissor.descripcioBreu}}: ${kind.sms} ${what}${until}${access(' {{plataforma.adreca}}')}`;
}

/** Every template that comes with the software, for each language, channel and kind. */
export const builtInTemplates: readonly Template[] = languages.flatMap((language) => {
	const phrases = phrasesOf[language];
	return [NoticeKind.FIRST, NoticeKind.REMINDER].flatMap((kind) => {
		const own = kind === NoticeKind.FIRST ? phrases.first : phrases.reminder;
		const common = { issuerCode: '', kind, language, builtIn: true };
		return [
			{ ...common, channel: Channel.EMAIL, subject: own.subject, text: textOf(phrases, own), html: htmlOf(phrases, own) },
			{ ...common, channel: Channel.SMS, subject: '', text: smsOf(own), html: '' },
		];
	});
});

const byKey = new Map(builtInTemplates.map((one) => [templateKey(one), one]));

/** The built-in template for a use, in Catalan where its language has none. @throws RangeError for a channel or kind that is none */
export function builtInTemplate(use: TemplateUse): Template {
	const found = byKey.get(templateKey({ ...use, issuerCode: '', language: languageOf(use.language) }));
	if (found === undefined) throw new RangeError(`no template for ${use.channel} ${use.kind}`);
	return found;
}
