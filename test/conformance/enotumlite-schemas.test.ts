import { join } from 'node:path';
import { compileSchema, parseXml, type XmlSchema, type XsdFinding } from '@fefaent/xml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publishedPresent as present, publishedFolder as published } from '../support/published-schemas.ts';
import {
	callbackRequests,
	callbackResponses,
	headEvidences,
	type Part,
	requests,
	responses,
	seedEvidences,
	written,
} from './enotumlite-documents.ts';
import { changes, spoiled } from './spoil.ts';

const ours = join(import.meta.dirname, '../../xsds/enotumlite');
const messages = 'http://www.aoc.cat/eNotum';
const runs = 1000;

const cases: readonly [name: string, published: string, documents: fc.Arbitrary<Part>, namespace?: string][] = [
	['seed', 'enotumlite-2017/api/Peticions.xsd', fc.oneof(requests(true, false), requests(true, true))],
	['head', 'enotumlite-head/Peticions.xsd', fc.oneof(requests(false, true), requests(false, true), requests(true, true))],
	['responses', 'enotumlite-2017/api/Respostes.xsd', responses],
	['responses', 'enotumlite-head/Respostes.xsd', responses],
	['callback-request-seed', 'enotumlite-2017/api/PeticioActualitzarEstat.xsd', callbackRequests(true)],
	['callback-request-head', 'enotumlite-head/PeticioActualitzarEstat.xsd', callbackRequests(false)],
	['callback-response', 'enotumlite-2017/api/RespostaActualitzarEstat.xsd', callbackResponses],
	['callback-response', 'enotumlite-head/RespostaActualitzarEstat.xsd', callbackResponses],
	['evidence-seed', 'enotumlite-2017/evidencia/EvidenciaNotificacio.xsd', seedEvidences, `${messages}/evidencia`],
	['evidence-head', 'enotumlite-head/EvidenciaNotificacio.xsd', headEvidences],
];

/** What is found and where: the wording may name types, which differ. */
function verdict(schema: XmlSchema, bytes: Uint8Array): readonly string[] {
	using document = parseXml(bytes);
	return schema.validate(document).map((finding: XsdFinding) => {
		const path = finding.path.map((step) => `${step.name}[${step.index}]`).join('/');
		return `${finding.kind} ${finding.code} ${path} ${finding.attribute ?? ''}`;
	});
}

describe.skipIf(!present)(
	`our schemas give the verdict of the published ones${present ? '' : ` (SKIPPED: not found at ${published})`}`,
	() => {
		test.each(cases)('%s against %s', (name, file, documents, namespace = messages) => {
			const mine = compileSchema(join(ours, `${name}.xsd`));
			const theirs = compileSchema(join(published, file));
			let valid = 0;
			fc.assert(
				fc.property(documents, changes, (part, list) => {
					const bytes = written(spoiled(part, list), namespace);
					const expected = verdict(theirs, bytes);
					expect(verdict(mine, bytes)).toEqual(expected);
					if (expected.length === 0) valid++;
				}),
				{ numRuns: runs, seed: 20_171_115 },
			);
			// A comparison that only ever sees one verdict compares nothing.
			expect(valid).toBeGreaterThan(runs / 10);
			expect(valid).toBeLessThan(runs * 0.9);
		});

		test('union takes with Emissor just what the variant of today takes without', () => {
			const union = compileSchema(join(ours, 'union.xsd'));
			const head = compileSchema(join(published, 'enotumlite-head/Peticions.xsd'));
			fc.assert(
				fc.property(requests(false, true), changes, (part, list) => {
					const without = spoiled(part, list);
					const withIssuer = { ...without, children: [{ name: 'Emissor', text: 'X' }, ...(without.children ?? [])] };
					// The Emissor that was put in moves one that a change had made, so only what is wrong is compared.
					const wrong = (schema: XmlSchema, root: Part) => verdict(schema, written(root, messages)).map((finding) => finding.split(' ', 2));
					expect(wrong(union, withIssuer)).toEqual(wrong(head, without));
				}),
				{ numRuns: runs, seed: 20_260_429 },
			);
		});
	},
);

describe('what the contract says', () => {
	const entries = [...new Set(cases.map(([name]) => name)), 'union', 'procesa'];
	test.each(entries)('%s compiles', (name) => {
		expect(() => compileSchema(join(ours, `${name}.xsd`))).not.toThrow();
	});

	test.each([
		['seed', true, true],
		['seed', false, false],
		['head', true, false],
		['head', false, true],
		['union', true, true],
		['union', false, false],
	])('%s with Emissor %s: valid %s', (name, named, valid) => {
		const [request] = fc.sample(requests(named, false), { numRuns: 1, seed: 1 });
		expect(verdict(compileSchema(join(ours, `${name}.xsd`)), written(request as Part, messages)).length === 0).toBe(valid);
	});
});
