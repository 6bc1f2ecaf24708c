// Spoils a document in ways that schemas should notice, or should not.
import fc from 'fast-check';
import type { Part } from './enotumlite-documents.ts';

/** One change: where (a number taken modulo the places there are), what, and a value for it. */
export interface Change {
	readonly at: number;
	readonly how: number;
	readonly value: string;
}

const values = [
	...[
		'',
		' ',
		'abc',
		'0',
		'-5',
		'1.5',
		'99999999999999999999',
		'TRUE',
		'true',
		'2026-13-01T00:00:00Z',
		'2026-01-01',
		'ca',
		'CA',
		'x'.repeat(50),
	],
	...[
		'x'.repeat(51),
		'x'.repeat(100),
		'x'.repeat(101),
		'é'.repeat(100),
		'é'.repeat(101),
		'😀'.repeat(100),
		'😀'.repeat(101),
		'a@b',
		'a@b.c',
		'@b.c',
	],
	...[
		'a@.c',
		'a@b..',
		'12345678Z',
		'123456789Z',
		'K1234567L',
		'x12345678',
		'A1234567K',
		'A1234567,',
		'SHA-1',
		'SHA-256',
		'sha-256',
		'AAA',
		'AAAA',
	],
	...['====', 'Resolucio', 'Resolució', 'Annex ', 'EXPIRAR', 'ACCEPTAR', 'NOTIFICACIO', '\n1\n'],
];
const names = [
	'Emissor',
	'Foo',
	'Colectiu',
	'Identificador',
	'PASSPORT',
	'IdNotificacio',
	'Error',
	'Idioma',
	'Nom',
	'PersonaFisica',
	'Signatari',
	'Diposit',
];

/** Changes to make; about a third of the documents stay as they are. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.oneof(
	{ weight: 1, arbitrary: fc.constant([]) },
	{
		weight: 2,
		arbitrary: fc.array(fc.record({ at: fc.nat(), how: fc.nat({ max: 9 }), value: fc.constantFrom(...values, ...names) }), {
			minLength: 1,
			maxLength: 3,
		}),
	},
);

/** The document with all changes made, in order. */
export function spoiled(root: Part, list: readonly Change[]): Part {
	return list.reduce((part, change) => spoil(part, change), root);
}

function spoil(root: Part, { at, how, value }: Change): Part {
	let count = 0;
	const counting = (part: Part): void => {
		count++;
		part.children?.forEach(counting);
	};
	counting(root);
	let left = at % count;
	const visit = (part: Part): readonly Part[] => {
		if (left-- === 0) return changed(part, how, value, part === root);
		return [part.children ? { ...part, children: part.children.flatMap(visit) } : part];
	};
	return visit(root)[0] as Part;
}

const asName = (value: string) => (/^[A-Za-z]+$/.test(value) ? value : 'Foo');

function changed(part: Part, how: number, value: string, isRoot: boolean): readonly Part[] {
	const children = part.children ?? [];
	switch (how) {
		case 0:
			return isRoot ? [{ ...part, children: [] }] : [];
		case 1:
			return isRoot ? [part] : [part, part];
		case 2:
			return [{ ...part, children: [...children].reverse() }];
		case 3:
			return [{ ...part, name: asName(value) }];
		case 4:
			return [{ ...part, attributes: { ...part.attributes, [asName(value)]: 'x' } }];
		case 5:
			return [{ ...part, attributes: { ...part.attributes, digestAlgorithm: value } }];
		case 6:
			return [{ ...part, attributes: { ...part.attributes, 'xsi:nil': 'true' } }];
		case 7:
			return [{ ...part, children: [...children, { name: asName(value), text: value }] }];
		case 8:
			// Beyond the largest count of the contract.
			return isRoot ? [part] : Array.from({ length: 101 }, () => part);
		default:
			return [part.children ? part : { ...part, text: value }];
	}
}
