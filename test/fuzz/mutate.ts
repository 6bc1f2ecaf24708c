import type { SeededRandom } from '@fefaent/testing';

/** A hostile or broken variant of a request, with the headers it is sent with. */
export interface Mutant {
	readonly body: Uint8Array;
	readonly headers: Readonly<Record<string, string>>;
	/** Names of the mutations, for the failure's message. */
	readonly trail: readonly string[];
}

type TextMutation = (xml: string, random: SeededRandom) => string;
type ByteMutation = (bytes: Buffer, random: SeededRandom) => Buffer;

const hostileTexts = [
	'',
	' ',
	'\u00a0',
	'0',
	'-1',
	'99999999999999999999999999999999999999',
	'1e308',
	'NaN',
	'true',
	'null',
	'<',
	'&',
	'&amp;lt;',
	']]>',
	'<![CDATA[x]]>',
	'<!-- x -->',
	'<?pi x?>',
	'&#0;',
	'&#x1;',
	'&#xD800;',
	'&unknown;',
	'&#x10FFFF;',
	'\ufeff',
	'\u202eevil',
	'é',
	'😀'.repeat(40),
	'A'.repeat(101),
	'A'.repeat(70_000),
	"'; DROP TABLE notifications; --",
	'{{notificacio.titol}}{{#a}}',
	'../../etc/passwd',
	'2026-13-45T99:99:99',
	'2026-02-30T00:00:00+14:01',
	'====',
	'AAAA',
	'A A A A',
];

const names = [
	'Emissor',
	'Notificacio',
	'Titol',
	'IdNotificacio',
	'Destinatari',
	'PersonaFisica',
	'NIF',
	'CIF',
	'VAT',
	'Document',
	'DigestDocument',
	'Decisio',
	'Colectiu',
	'Envelope',
	'Body',
	'procesa',
	'Unknown',
];

const prologues = [
	'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
	'<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
	'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
	'<!DOCTYPE a PUBLIC "x" "y">',
	'<?xml-stylesheet href="http://127.0.0.1:1/x"?>',
	'<!-- -- -->',
	'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>',
];

function elements(xml: string): { readonly start: number; readonly end: number; readonly name: string }[] {
	return [...xml.matchAll(/<(\w+)(?:\s[^<>]*)?>[^<]*<\/\1>/g)].map((match) => ({
		start: match.index,
		end: match.index + match[0].length,
		name: match[1] as string,
	}));
}

function onElement(change: (whole: string, random: SeededRandom) => string): TextMutation {
	return (xml, random) => {
		const found = elements(xml);
		if (found.length === 0) return xml;
		const { start, end } = random.pick(found);
		return xml.slice(0, start) + change(xml.slice(start, end), random) + xml.slice(end);
	};
}

const textMutations: Readonly<Record<string, TextMutation>> = {
	hostileText: onElement((whole, random) => whole.replace(/>[^<]*</, () => `>${random.pick(hostileTexts)}<`)),
	dropElement: onElement(() => ''),
	repeatElement: onElement((whole, random) => whole.repeat(random.pick([2, 3, 101]))),
	renameElement: onElement((whole, random) => {
		const name = random.pick(names);
		return whole.replace(/^<\w+/, `<${name}`).replace(/<\/\w+>$/, `</${name}>`);
	}),
	breakEndTag: onElement((whole) => whole.replace(/<\/\w+>$/, '')),
	addAttribute: onElement((whole, random) =>
		whole.replace(
			/^<\w+/,
			(start) =>
				`${start} ${random.pick(['x="1"', 'xsi:nil="true"', 'xmlns=""', 'xmlns:a="b" a:c="d"', 'Id="1" Id="2"', 'digestAlgorithm="MD5"', 'x=1', Array.from({ length: 200 }, (_, i) => `a${i}="${i}"`).join(' ')])}`,
		),
	),
	nest: onElement((whole, random) => {
		const depth = random.pick([2, 50, 300, 20_000]);
		return '<a>'.repeat(depth) + whole + '</a>'.repeat(depth);
	}),
	swapNames: (xml, random) => xml.replaceAll(random.pick(names), random.pick(names)),
	swapNamespace: (xml, random) =>
		xml.replace(
			/xmlns="[^"]*"/,
			`xmlns="${random.pick(['', 'http://www.aoc.cat/eNotum/', 'http://www.openuri.org/', 'urn:x', 'http://schemas.xmlsoap.org/soap/envelope/'])}"`,
		),
	swapEnvelope: (xml, random) =>
		xml.replace('http://schemas.xmlsoap.org/soap/envelope/', random.pick(['http://www.w3.org/2003/05/soap-envelope', '', 'urn:x'])),
	prologue: (xml, random) => xml.replace('?>', `?>${random.pick(prologues)}`),
	declaration: (xml, random) =>
		xml.replace(
			'encoding="UTF-8"',
			random.pick([
				'encoding="UTF-16"',
				'encoding="ISO-8859-1"',
				'encoding="EBCDIC-CP-US"',
				'encoding="utf-7"',
				'',
				'encoding="UTF-8" standalone="maybe"',
			]),
		),
	twoBodies: (xml) => xml.replace(/<soapenv:Body>(.*)<\/soapenv:Body>/s, '<soapenv:Body>$1$1</soapenv:Body>'),
	noBody: (xml) => xml.replace(/<soapenv:Body>(.*)<\/soapenv:Body>/s, ''),
	wrap: (xml) =>
		xml.replace(
			/<soapenv:Body>(.*)<\/soapenv:Body>/s,
			'<soapenv:Body><p:procesa xmlns:p="http://www.openuri.org/">$1</p:procesa></soapenv:Body>',
		),
	mustUnderstand: (xml) =>
		xml.replace('<soapenv:Header/>', '<soapenv:Header><x xmlns="urn:x" soapenv:mustUnderstand="1"/></soapenv:Header>'),
	trailing: (xml, random) => xml + random.pick(['<a/>', 'x', '\0', ' \n ', '<!-- x -->']),
	whitespace: (xml, random) => xml.replaceAll('><', `>${random.pick(['\n', '  ', '\t', '\u00a0'])}<`),
};

const byteMutations: Readonly<Record<string, ByteMutation>> = {
	flipByte: (bytes, random) => {
		const copy = Buffer.from(bytes);
		if (copy.length > 0) copy[random.int(0, copy.length - 1)] = random.int(0, 255);
		return copy;
	},
	truncate: (bytes, random) => bytes.subarray(0, random.int(0, bytes.length)),
	cutOut: (bytes, random) => {
		const from = random.int(0, bytes.length);
		return Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.min(bytes.length, from + random.int(1, 200)))]);
	},
	insert: (bytes, random) => {
		const at = random.int(0, bytes.length);
		return Buffer.concat([bytes.subarray(0, at), random.bytes(random.int(1, 30)), bytes.subarray(at)]);
	},
	utf16: (bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString('utf8'), 'utf16le')]),
	latin1: (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
	noise: (_, random) => Buffer.from(random.bytes(random.int(0, 400))),
};

const contentTypes = [
	'text/xml',
	'text/xml; charset=utf-8',
	'text/xml; charset=iso-8859-1',
	'text/xml; charset=utf-16',
	'application/soap+xml',
	'application/json',
	'text/xml; charset="nonsense"',
	'TEXT/XML;charset=UTF-8',
];

/** One to four mutations of a valid request; most keep the usual headers. */
export function mutate(valid: string, random: SeededRandom): Mutant {
	const trail: string[] = [];
	let xml = valid;
	for (let count = random.int(1, 3); count > 0; count--) {
		const name = random.pick(Object.keys(textMutations));
		trail.push(name);
		xml = (textMutations[name] as TextMutation)(xml, random);
	}
	let bytes: Buffer = Buffer.from(xml, 'utf8');
	if (random.next() < 0.3) {
		const name = random.pick(Object.keys(byteMutations));
		trail.push(name);
		bytes = (byteMutations[name] as ByteMutation)(bytes, random);
	}
	const headers = random.next() < 0.1 ? { 'content-type': random.pick(contentTypes) } : {};
	return { body: bytes, headers, trail };
}
