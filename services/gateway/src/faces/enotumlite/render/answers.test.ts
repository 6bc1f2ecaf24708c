import { compileSchema, parseXml, readTree } from '@fefaent/xml';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ContractProblem } from '../errors.ts';
import { schemaFolder } from '../schema.ts';
import { cancelAnswer, consultAnswer, createAnswer, errorAnswer, practiseAnswer, wrapped } from './answers.ts';

const schema = compileSchema(`${schemaFolder}responses.xsd`);

function valid(markup: string) {
	using document = parseXml(Buffer.from(markup));
	expect(schema.validate(document)).toEqual([]);
	return readTree(document);
}

const text = fc.string({ unit: 'binary', maxLength: 40 });
const problem: fc.Arbitrary<ContractProblem> = fc.record({ code: fc.constantFrom('NOT_02', 'CON_01', 'PRC_03'), message: text });
const id = fc.constantFrom('1', '+007', '-3', '9'.repeat(20));
const evidence = fc
	.string({ unit: fc.constantFrom('<', '>', '&', ']', ']]>', '\r', '\n', 'à', '😀', 'x'), maxLength: 20 })
	.map((one) => Buffer.from(one, 'utf8'));
const date = fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2099-01-01T00:00:00Z'), noInvalidDate: true });
const perhaps = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const many = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 5 });

it('every answer is valid by the schema of the contract, whatever is in it', () => {
	const create = fc.record({ issuerReference: text, outcome: fc.oneof(problem, fc.record({ id: fc.integer({ min: 1 }) })) });
	const notification = fc.record({
		createdAt: fc.constantFrom('2026-01-01T10:00:00+01:00', '2026-01-01T10:00:00'),
		depositedAt: perhaps(date),
		practisedAt: perhaps(date),
		state: fc.constantFrom('ENTRADA', 'DESCARTADA'),
		deposit: perhaps(evidence),
		practice: perhaps(evidence),
	});
	const consult = fc.record({ id, outcome: fc.oneof(problem, notification) });
	const cancel = fc.record({ id, problem: perhaps(problem) });
	const practise = fc.record({
		id,
		outcome: fc.oneof(problem, fc.record({ decision: fc.constantFrom('ACCEPTAR', 'REBUTJAR'), evidence })),
	});
	fc.assert(
		fc.property(many(create), many(consult), many(cancel), many(practise), problem, (a, b, c, d, e) => {
			valid(createAnswer(a));
			valid(consultAnswer(b));
			valid(cancelAnswer(c));
			valid(practiseAnswer(d));
			valid(errorAnswer(e));
		}),
		{ numRuns: 200 },
	);
});

it('an evidence comes out byte for byte as it went in', () => {
	fc.assert(
		fc.property(evidence, (bytes) => {
			const root = valid(practiseAnswer([{ id: '1', outcome: { decision: 'ACCEPTAR', evidence: bytes } }]));
			expect(Buffer.from(root.children[0]?.children[2]?.text ?? '', 'utf8')).toEqual(bytes);
		}),
		{ numRuns: 500 },
	);
});

it('writes what the contract shows', () => {
	expect(createAnswer([{ issuerReference: '', outcome: { code: 'NOT_03', message: 'NIF invàlid: 04444444H' } }])).toBe(
		'<RespostaCrearNotificacio xmlns="http://www.aoc.cat/eNotum"><ResultatCrearNotificacio><IdNotificacioEmissor></IdNotificacioEmissor>' +
			'<Error><CodiError>NOT_03</CodiError><MissatgeError>NIF invàlid: 04444444H</MissatgeError></Error></ResultatCrearNotificacio></RespostaCrearNotificacio>',
	);
	expect(wrapped('<x/>')).toBe('<procesaResponse xmlns="http://www.openuri.org/"><x/></procesaResponse>');
});
