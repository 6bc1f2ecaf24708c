import { Language } from '@fefaent/contracts/common';
import { describe, expect, it } from 'vitest';
import { compilePart, escapeHtml, renderBounds, renderPart, unknownNames } from './render.ts';
import { everyVariable } from './sample.ts';

const view = everyVariable(Language.CA);
const nested = (depth: number): string => {
	const open = '{{#notificacio.destinataris}}'.repeat(depth);
	return `${open}x${'{{/notificacio.destinataris}}'.repeat(depth)}`;
};

describe('renderPart', () => {
	it('escapes values in HTML only', () => {
		const record = Object.assign(Object.create(null), { value: `<a href="x">l'aigua & el pa</a>` });
		expect(renderPart('{{value}}', record, 'none')).toBe(record.value);
		expect(renderPart('{{value}}', record, 'html')).toBe('&#60;a href=&#34;x&#34;&#62;l&#39;aigua &#38; el pa&#60;/a&#62;');
		expect(renderPart('{{{value}}}', record, 'html')).toBe(record.value);
	});

	it('reaches no method of a value', () => {
		for (const name of [
			'notificacio.titol.toUpperCase',
			'notificacio.documents.map',
			'notificacio.documents.concat',
			'destinatari.toJSON',
		]) {
			expect(renderPart(`[{{${name}}}]`, view, 'none')).toBe('[]');
		}
	});

	it('ends a template that multiplies itself', () => {
		expect(renderPart(nested(3), view, 'none')).toBe('x'.repeat(8));
		expect(() => renderPart(nested(20), view, 'none')).toThrow(expect.objectContaining({ reason: 'TEMPLATE_TOO_LARGE' }));
		const long = Object.assign(Object.create(null), { value: 'x'.repeat(0.6 * renderBounds.characters) });
		expect(() => renderPart('{{value}}{{value}}', long, 'none')).toThrow(expect.objectContaining({ reason: 'TEMPLATE_TOO_LARGE' }));
	});
});

describe('compilePart', () => {
	it.each([
		['{{#notificacio.documents}}{{nom}}', /Unclosed section "notificacio.documents"/],
		['{{/notificacio}}', /Unopened section "notificacio"/],
		['{{#a}}{{#b}}{{/a}}{{/b}}', /Unclosed section "b"/],
		['{{notificacio.titol', /Unclosed tag/],
		[`{{a${' '.repeat(60_000)}`, /is not closed/],
		['{{> other}}', /partials are not supported \("other"/],
		['{{=<% %>=}}<% a %>', /delimiters cannot be changed/],
		['{{constructor}}', /"constructor" at 0 is no name/],
		['{{a.__proto__}}', /is no name/],
		['{{a b}}', /is no name/],
	])('refuses %#: %s', (source, problem) => {
		const used = process.threadCpuUsage();
		expect(() => compilePart(source)).toThrow(problem);
		// Of this thread alone: the machine may be busy with something else.
		expect(process.threadCpuUsage(used).user / 1_000).toBeLessThan(1_000);
	});

	it('tells whether evidences are wanted', () => {
		expect(compilePart('{{notificacio.titol}}').wantsEvidences).toBe(false);
		expect(compilePart('{{#notificacio.evidenciaDiposit}}{{evidencia}}{{/notificacio.evidenciaDiposit}}').wantsEvidences).toBe(true);
	});
});

it('finds names that stand for nothing where they are', () => {
	const source =
		'{{notificacio.titol}}{{notificacio.titul}}{{titol}}{{#notificacio.documents}}{{nom}}{{mida}}{{/notificacio.documents}}{{^destinatari.raoSocial}}{{destinatari.nom}}{{/destinatari.raoSocial}}';
	expect(unknownNames(source, view)).toEqual(['notificacio.titul', 'titol', 'mida']);
});

it('writes every sign as text', () => {
	expect(escapeHtml('à <&>')).toBe('à &#60;&#38;&#62;');
});
