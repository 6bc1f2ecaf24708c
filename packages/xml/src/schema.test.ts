import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseXml } from './document.ts';
import { compileSchema, type SchemaFiles, schemaFilesFrom, type XsdFinding } from './schema.ts';
import { structuralVariant } from './schema-variant.ts';

const folder = join(import.meta.dirname, '../../../xsds/enotumlite');
const files = (entries: Record<string, string>): SchemaFiles =>
	new Map(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)]));
const xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';

const small = files({
	'a.xsd': `<xs:schema ${xs} xmlns="urn:a" targetNamespace="urn:a" elementFormDefault="qualified"><xs:include schemaLocation="types/b.xsd"/>
		<xs:element name="list"><xs:complexType><xs:sequence><xs:element name="item" maxOccurs="unbounded"><xs:complexType><xs:sequence>
			<xs:element name="name" type="Name"/><xs:element name="days" type="xs:positiveInteger"/><xs:element name="on" type="xs:date"/><xs:element name="sum" type="Sum" minOccurs="0"/>
		</xs:sequence><xs:attribute name="kind" type="Kind"/><xs:attribute name="no" type="xs:unsignedByte"/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`,
	'types/b.xsd': `<xs:schema ${xs} xmlns="urn:a" targetNamespace="urn:a"><!-- <xs:pattern value="x"/> -->
		<xs:simpleType name="Name"><xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="5"><xs:annotation><xs:documentation>a &lt; b</xs:documentation></xs:annotation></xs:maxLength><xs:pattern value='[^">/]*'/></xs:restriction></xs:simpleType>
		<xs:simpleType name="Kind"><xs:restriction base="xs:string"><xs:enumeration value="x"/><xs:enumeration value="y"/></xs:restriction></xs:simpleType>
		<xs:simpleType name="Sum"><xs:restriction base="xs:decimal"><xs:fractionDigits value="2"/><xs:maxExclusive value="100"/></xs:restriction></xs:simpleType></xs:schema>`,
});
const schema = compileSchema({ files: small, entry: 'a.xsd' });

function validate(items: string): readonly XsdFinding[] {
	using document = parseXml(Buffer.from(`<list xmlns="urn:a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${items}</list>`));
	return schema.validate(document);
}
const item = ({ name = 'n', days = '1', on = '2026-01-01', more = '', attributes = '' } = {}) =>
	`<item ${attributes}><name>${name}</name><days>${days}</days><on>${on}</on>${more}</item>`;

describe('findings are told apart (eNotumLite contract, decision 3)', () => {
	test.each<[string, string, readonly Partial<XsdFinding>[]]>([
		['a valid document', item(), []],
		['an unknown element', item({ more: '<x/>' }), [{ kind: 'structure', element: 'x' }]],
		['a missing one', '<item><name>n</name></item>', [{ kind: 'structure', element: 'item' }]],
		['text where elements should be', `text${item()}`, [{ kind: 'structure', element: 'list' }]],
		['an unknown attribute', item({ attributes: 'z="1"' }), [{ kind: 'structure', element: 'item', attribute: 'z' }]],
		['too long', item({ name: 'abcdef' }), [{ kind: 'facet', facet: 'maxLength', code: 1832, element: 'name' }]],
		['too short', item({ name: '' }), [{ kind: 'facet', facet: 'minLength' }]],
		['another pattern', item({ name: 'a/b' }), [{ kind: 'facet', facet: 'pattern', code: 1839 }]],
		['a bound of a built-in type', item({ days: '0' }), [{ kind: 'facet', element: 'days' }]],
		['beyond any integer type', item({ days: '9'.repeat(200) }), []],
		['no number', item({ days: 'x' }), [{ kind: 'datatype', element: 'days' }]],
		['no date', item({ on: '2026-02-30' }), [{ kind: 'datatype', element: 'on' }]],
		['a value not in the list', item({ attributes: 'kind="z"' }), [{ kind: 'facet', facet: 'enumeration', attribute: 'kind' }]],
		['an attribute that is no number', item({ attributes: 'no="x"' }), [{ kind: 'datatype', attribute: 'no' }]],
		['an attribute beyond its type', item({ attributes: 'no="256"' }), [{ kind: 'facet', attribute: 'no' }]],
		[
			'two on one element',
			item({ attributes: 'kind="z" no="x"' }),
			[
				{ kind: 'facet', attribute: 'kind' },
				{ kind: 'datatype', attribute: 'no' },
			],
		],
		['a decimal with facets', item({ more: '<sum>100.001</sum>' }), [{ kind: 'facet' }, { kind: 'facet' }]],
		['no decimal', item({ more: '<sum>x</sum>' }), [{ kind: 'datatype' }]],
	])('%s', (_, items, expected) => {
		expect(validate(items)).toMatchObject(expected);
		expect(validate(items)).toHaveLength(expected.length);
	});

	test('each says where it is', () => {
		const findings = validate(`${item()}\n${item({ name: 'toolong' })}\n${item({ days: 'x', attributes: 'kind="z"' })}`);
		expect(findings.map(({ line, path }) => [line, path.map((step) => `${step.name}${step.index}`).join('/')])).toEqual([
			[2, 'list0/item1/name0'],
			[3, 'list0/item2'],
			[3, 'list0/item2/days0'],
		]);
	});

	test('no value of the document is in a message', () => {
		const value = "Secret' is not accepted by 'x";
		const findings = validate(
			item({ name: value, days: value, on: value, more: `<sum>${value}</sum>`, attributes: `kind="${value}" no="${value}"` }),
		);
		expect(findings.length).toBeGreaterThan(5);
		for (const finding of findings) expect(finding.message).not.toContain('Secret');
	});

	test('an element inside a document is validated as a root of its own', () => {
		using document = parseXml(
			Buffer.from(`<e><list xmlns="urn:a">${item()}${item({ name: 'toolong' })}</list><list xmlns="urn:a">${item()}</list></e>`),
		);
		expect(schema.validate(document)).toMatchObject([{ kind: 'structure', element: 'e' }]);
		expect(schema.validate(document.element(1))).toMatchObject([
			{ path: [{ name: 'list' }, { name: 'item', index: 1 }, { name: 'name' }] },
		]);
		expect(schema.validate(document.element(10))).toEqual([]);
	});
});

describe('schemas', () => {
	test('are compiled once for the same files', () => {
		expect(compileSchema({ files: small, entry: 'a.xsd' })).toBe(schema);
		expect(compileSchema(join(folder, 'seed.xsd'))).toBe(compileSchema({ files: schemaFilesFrom(folder), entry: 'seed.xsd' }));
	});

	test.each<[string, Record<string, string>]>([
		['an include from outside the folder', { 'a.xsd': `<xs:schema ${xs}><xs:include schemaLocation="../b.xsd"/></xs:schema>` }],
		['an include by an absolute path', { 'a.xsd': `<xs:schema ${xs}><xs:include schemaLocation="${folder}/common.xsd"/></xs:schema>` }],
		[
			'an import from the network',
			{ 'a.xsd': `<xs:schema ${xs}><xs:import namespace="urn:x" schemaLocation="http://127.0.0.1/x.xsd"/></xs:schema>` },
		],
		['a missing entry', {}],
		['what is no schema', { 'a.xsd': '<a/>' }],
		['what is not XML', { 'a.xsd': '<a' }],
		['a type that is not there', { 'a.xsd': `<xs:schema ${xs}><xs:element name="a" type="b"/></xs:schema>` }],
	])('refuse %s', (_, entries) => {
		expect(() => compileSchema({ files: files(entries), entry: 'a.xsd' })).toThrow(Error);
	});

	test('lose their facets and nothing else in the structural variant', () => {
		const variant = structuralVariant(schemaFilesFrom(folder));
		const text = Buffer.concat([...variant.values()]).toString();
		expect(text).not.toMatch(/<xs:(?:pattern|maxLength|enumeration)|positiveInteger/);
		expect(text.match(/maxOccurs="100"/g)).toHaveLength(
			Buffer.concat([...schemaFilesFrom(folder).values()])
				.toString()
				.match(/maxOccurs="100"/g)?.length ?? 0,
		);
		for (const entry of ['seed.xsd', 'head.xsd', 'union.xsd', 'evidence-seed.xsd'])
			expect(() => compileSchema({ files: variant, entry })).not.toThrow();
	});
});

describe('hostile documents', () => {
	test('nothing is opened, neither by a document nor by a schema: not on disk, not on the network, not standard input', () => {
		// In a process of its own, whose standard input would be read to the end if it were opened.
		const script = `import { compileSchema, parseXml } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
			const schema = (text) => compileSchema({ entry: 'a.xsd', files: new Map([['a.xsd', Buffer.from('<xs:schema ${xs} targetNamespace="urn:a">' + text + '</xs:schema>')]]) });
			const any = schema('<xs:element name="a"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="lax"/></xs:sequence></xs:complexType></xs:element>');
			using document = parseXml(Buffer.from('<a xmlns="urn:a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:b /dev/stdin urn:c ${folder}/common.xsd"><b xmlns="urn:b"/></a>'));
			const findings = any.validate(document);
			let included = 'refused';
			try { schema('<xs:include schemaLocation="/dev/stdin"/>'); included = 'taken'; } catch {}
			process.stdout.write(JSON.stringify(findings) + included + (await process.stdin.toArray()).join(''));`;
		const input = `<xs:schema ${xs} targetNamespace="urn:a"><xs:element name="b" type="xs:int"/></xs:schema>`;
		const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { input, encoding: 'utf8', timeout: 15_000 });
		expect(child.stderr).toBe('');
		expect(child.stdout).toBe(`[]refused${input}`);
	});

	test('faults without number are counted to an end', () => {
		const attributes = Array.from({ length: 60 }, (_, index) => `z${index}="x"`).join(' ');
		const used = process.threadCpuUsage();
		const findings = validate(item({ attributes }).repeat(3000).replaceAll('<on>2026-01-01</on>', ''));
		expect(findings).toHaveLength(50_001);
		expect(findings.at(-1)).toMatchObject({ kind: 'structure', code: 0 });
		// Of this thread alone: the machine may be busy with something else.
		expect(process.threadCpuUsage(used).user / 1_000).toBeLessThan(5000);
	});

	test('long values against patterns take no longer than they are long', () => {
		const email = compileSchema(join(folder, 'seed.xsd'));
		const values = [`a@${'b.'.repeat(500_000)}\n`, 'a'.repeat(1_000_000), `${'a@'.repeat(500_000)}`, '.'.repeat(1_000_000)];
		const used = process.threadCpuUsage();
		for (const value of values) {
			using document = parseXml(
				Buffer.from(
					`<PeticioCrearNotificacio xmlns="http://www.aoc.cat/eNotum"><Emissor/><Notificacio><Destinataris><Destinatari><PersonaFisica><BustiaCorreu>${value}</BustiaCorreu></PersonaFisica></Destinatari></Destinataris></Notificacio></PeticioCrearNotificacio>`,
				),
			);
			expect(email.validate(document).length).toBeGreaterThan(0);
		}
		// Of this thread alone: the machine may be busy with something else.
		expect(process.threadCpuUsage(used).user / 1_000).toBeLessThan(3000);
	});

	test('memory does not grow with validations', () => {
		const run = (times: number) => {
			for (let index = 0; index < times; index++)
				validate(item({ name: 'toolong', days: 'x', attributes: 'xsi:schemaLocation="urn:q q.xsd"' }));
			return process.memoryUsage().rss;
		};
		run(2000);
		const before = run(2000);
		expect(run(15_000) - before).toBeLessThan(40e6);
	});
});
