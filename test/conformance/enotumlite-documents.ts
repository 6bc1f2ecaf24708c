// Documents of the eNotumLite contract, valid ones and spoiled ones, for tests that compare verdicts.

import { escapeAttribute, escapeText } from '@fefaent/xml';
import fc from 'fast-check';

/** An element to be written: with children, or with text. */
export interface Part {
	readonly name: string;
	readonly attributes?: Readonly<Record<string, string>>;
	readonly children?: readonly Part[];
	readonly text?: string;
}

type Parts = fc.Arbitrary<readonly Part[]>;

/** Writes a part as a document whose elements are all in one namespace. */
export function written(root: Part, namespace: string): Uint8Array {
	const write = (part: Part, extra: string): string => {
		const attributes = Object.entries(part.attributes ?? {}).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`);
		const content = part.children ? part.children.map((child) => write(child, '')).join('') : escapeText(part.text ?? '');
		return `<${part.name}${extra}${attributes.join('')}>${content}</${part.name}>`;
	};
	return Buffer.from(write(root, ` xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`), 'utf8');
}

const text = fc.oneof(fc.constantFrom('', 'Nom', 'ç à\n<&>"', ' '), fc.string({ maxLength: 60 }));
const time = fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678+01:00', '2026-12-31T23:59:59');
const integer = fc.oneof(fc.nat().map(String), fc.constantFrom('-1', '0', '+7', '9007199254740993', ' 5 '));

function leaf(name: string, value: fc.Arbitrary<string>): Parts {
	return value.map((one) => [{ name, text: one }]);
}
function node(name: string, content: Parts): Parts {
	return content.map((children) => [{ name, children }]);
}
function sequence(...parts: readonly Parts[]): Parts {
	return fc.tuple(...parts).map((lists) => lists.flat());
}
function optional(part: Parts): Parts {
	return fc.option(part, { nil: [] });
}
function repeated(part: Parts, min: number, max: number): Parts {
	return fc.array(part, { minLength: min, maxLength: max }).map((lists) => lists.flat());
}
const choice = (...parts: readonly Parts[]): Parts => fc.oneof(...parts);

const idioma = leaf('Idioma', fc.constantFrom('ca', 'es', 'oc', 'en', ''));
const nif = leaf('NIF', fc.constantFrom('12345678Z', 'X1234567L', '1234567A'));
const cif = leaf('CIF', fc.constantFrom('A1234567B', 'S0811001G', 'B1234567,', 'B12345670'));
const naturalDocument = choice(nif, leaf('PASSAPORT', text));
const legalDocument = (head: boolean) => choice(cif, leaf('VAT', text), ...(head ? [leaf('Identificador', text)] : []));
const contact = sequence(
	repeated(leaf('BustiaCorreu', fc.constantFrom('a@b.cat', 'x y@z.w')), 0, 3),
	repeated(leaf('Telefon', text), 0, 3),
);
const natural = sequence(
	node('DocumentIdentificatiu', naturalDocument),
	leaf('Nom', text),
	leaf('PrimerCognom', text),
	optional(leaf('SegonCognom', text)),
);
const recipient = (head: boolean) =>
	node(
		'Destinatari',
		sequence(
			choice(
				node('PersonaFisica', sequence(contact, natural)),
				node(
					'PersonaJuridica',
					sequence(
						contact,
						node('DocumentIdentificatiu', legalDocument(head)),
						leaf('RaoSocial', text),
						optional(node('PersonaVinculada', natural)),
					),
				),
				...(head ? [node('Colectiu', sequence(contact, leaf('Identificador', text), leaf('Nom', text)))] : []),
			),
			optional(idioma),
		),
	);
const digest: Parts = fc
	.record({
		value: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64')),
		algorithm: fc.constantFrom('SHA-256', 'SHA-384', 'SHA-512', undefined),
	})
	.map(({ value, algorithm }) => [
		{ name: 'DigestDocument', text: value, ...(algorithm ? { attributes: { digestAlgorithm: algorithm } } : {}) },
	]);
const document = (nameLength: number) =>
	node(
		'Document',
		sequence(leaf('Nom', fc.string({ maxLength: nameLength })), digest, leaf('Tipus', fc.constantFrom('Resolució', 'Annex'))),
	);
const kind = leaf('TipusObjecte', fc.constantFrom('NOTIFICACIO', 'COMUNICACIO'));
const flag = fc.constantFrom('true', 'false', '1', '0', '');

const notification = (head: boolean): Parts =>
	fc
		.tuple(
			leaf('Titol', fc.string({ maxLength: 100 })),
			leaf('Referencia', text),
			optional(leaf('IdNotificacioEmissor', fc.string({ maxLength: 50 }))),
			kind,
			optional(leaf('DataCreacio', time)),
			optional(leaf('DiesExpiracio', fc.constantFrom('1', '10', '366'))),
			node('Destinataris', repeated(recipient(head), 1, 3)),
			optional(idioma),
			optional(node('DadesOfici', sequence(optional(leaf('CosNotificacio', text)), optional(leaf('PeuRecurs', text))))),
			optional(node('DadesAvisos', sequence(leaf('PrimerAvis', flag), leaf('RepeticioAvis', flag)))),
			node('Documents', repeated(document(head ? 100 : 140), 1, 3)),
		)
		.chain((fields) => fc.shuffledSubarray(fields, { minLength: fields.length }))
		.map((fields) => [{ name: 'Notificacio', children: fields.flat() }]);

const practise = (head: boolean) =>
	node(
		'PracticarNotificacio',
		sequence(
			leaf('IdNotificacio', integer),
			leaf('Decisio', fc.constantFrom('ACCEPTAR', 'REBUTJAR')),
			optional(node('DocumentPersonaFisica', naturalDocument)),
			optional(node('DocumentPersonaJuridica', legalDocument(head))),
		),
	);
const issuer = (named: boolean): Parts => (named ? leaf('Emissor', text) : fc.constant([]));
const root = (parts: Parts): fc.Arbitrary<Part> => parts.map((list) => list[0] as Part);

/** Valid requests. @param named with Emissor @param head with what only the variant of today has */
export const requests = (named: boolean, head: boolean): fc.Arbitrary<Part> =>
	root(
		choice(
			node('PeticioCrearNotificacio', sequence(issuer(named), repeated(notification(head), 1, 2))),
			node('PeticioConsulta', sequence(issuer(named), repeated(leaf('IdNotificacio', integer), 1, 4))),
			node('PeticioCancelar', sequence(issuer(named), repeated(leaf('IdNotificacio', integer), 1, 4))),
			node('PeticioPracticar', sequence(issuer(named), repeated(practise(head), 1, 3))),
		),
	);

const error = node('Error', sequence(leaf('CodiError', fc.constantFrom('ERR_01', 'NOT_02', '')), leaf('MissatgeError', text)));
const dates = sequence(leaf('DataCreacio', time), optional(leaf('DataDiposit', time)), optional(leaf('DataPracticar', time)));

/** Valid answers. */
export const responses: fc.Arbitrary<Part> = root(
	choice(
		node(
			'RespostaCrearNotificacio',
			repeated(
				node('ResultatCrearNotificacio', sequence(leaf('IdNotificacioEmissor', text), choice(leaf('IdNotificacio', integer), error))),
				1,
				3,
			),
		),
		node(
			'RespostaConsulta',
			repeated(
				node(
					'ResultatConsultarNotificacio',
					sequence(
						leaf('IdNotificacio', integer),
						choice(
							sequence(
								node('DadesNotificacio', sequence(dates, leaf('Estat', text))),
								node('Evidencia', sequence(optional(leaf('Diposit', text)), optional(leaf('Practicar', text)))),
							),
							error,
						),
					),
				),
				1,
				3,
			),
		),
		node(
			'RespostaCancelar',
			repeated(node('ResultatCancelarNotificacio', sequence(leaf('IdNotificacio', integer), optional(error))), 1, 3),
		),
		node(
			'RespostaPracticar',
			repeated(
				node(
					'ResultatPracticarNotificacio',
					sequence(
						leaf('IdNotificacio', integer),
						choice(sequence(leaf('Decisio', fc.constantFrom('ACCEPTAR', 'REBUTJAR')), leaf('Evidencia', text)), error),
					),
				),
				1,
				3,
			),
		),
		node('RespostaError', error),
	),
);

/** Valid callbacks. */
export const callbackRequests = (named: boolean): fc.Arbitrary<Part> =>
	root(
		node(
			'ActualitzarEstat',
			sequence(
				issuer(named),
				node(
					'ActualitzarEstatNotificacio',
					sequence(
						leaf('IdNotificacio', integer),
						leaf('Estat', text),
						choice(
							sequence(leaf('DataDiposit', time), leaf('Diposit', text)),
							sequence(leaf('DataPracticar', time), leaf('Practicar', text)),
						),
					),
				),
			),
		),
	);

/** Valid answers to callbacks. */
export const callbackResponses: fc.Arbitrary<Part> = root(
	node('RespostaActualitzarEstat', node('ResultatActualitzarEstat', sequence(leaf('IdNotificacio', integer), optional(error)))),
);

const facts = node(
	'DadesNotificacio',
	sequence(
		leaf('IdNotificacio', integer),
		leaf('Referencia', text),
		leaf('Titol', text),
		kind,
		leaf('DataCreacio', time),
		leaf('DataDiposit', time),
		optional(leaf('DataPracticar', time)),
	),
);
const reason = leaf('MotiuEvidencia', fc.constantFrom('DIPOSIT', 'ACCEPTAR', 'REBUTJAR', 'EXPIRAR'));
const flat = ['Nom', 'PrimerCognom', 'SegonCognom', 'RaoSocial', 'Email', 'Telefon'].map((name) => leaf(name, text));

/** Valid evidences of the variant of 2017. */
export const seedEvidences: fc.Arbitrary<Part> = root(
	node(
		'EvidenciaNotificacio',
		sequence(
			facts,
			node('Documents', repeated(document(140), 1, 5)),
			node(
				'DadesDestinataris',
				repeated(
					node(
						'Destinatari',
						sequence(
							optional(choice(leaf('CIF', text), leaf('VAT', text))),
							optional(choice(leaf('NIF', text), leaf('PASSPORT', text))),
							...flat,
						),
					),
					1,
					6,
				),
			),
			reason,
		),
	),
);

/** Valid evidences of the variant of today. */
export const headEvidences: fc.Arbitrary<Part> = root(
	node(
		'EvidenciaNotificacio',
		sequence(
			facts,
			node('Documents', repeated(document(100), 1, 6)),
			node('Destinataris', repeated(recipient(true), 1, 5)),
			node(
				'Signatari',
				sequence(optional(node('DocumentPersonaFisica', naturalDocument)), optional(node('DocumentPersonaJuridica', legalDocument(true)))),
			),
			reason,
		),
	),
);
