import { parseXml, readTree } from '@fefaent/xml';
import { describe, expect, it } from 'vitest';
import { locateRequest } from './envelope.ts';
import { SoapFault } from './fault.ts';

const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
const consult = '<PeticioConsulta xmlns="http://www.aoc.cat/eNotum"><IdNotificacio>1</IdNotificacio></PeticioConsulta>';

function located(xml: string) {
	using document = parseXml(Buffer.from(xml));
	return locateRequest(readTree(document));
}
const envelope = (inner: string, ns = soap) => `<s:Envelope xmlns:s="${ns}">${inner}</s:Envelope>`;
const body = (inner: string) => envelope(`<s:Body>${inner}</s:Body>`);
const procesa = (inner: string) => `<p:procesa xmlns:p="http://www.openuri.org/">${inner}</p:procesa>`;
function faultOf(xml: string): string {
	try {
		located(xml);
	} catch (error) {
		if (error instanceof SoapFault) return error.code;
		throw error;
	}
	return 'none';
}

describe('finds', () => {
	it('a bare request', () => {
		expect(located(body(`\n ${consult} \n`))).toMatchObject({ wrapped: false, request: { operation: 'consult' } });
	});
	it('a request inside procesa', () => {
		expect(located(body(procesa(consult)))).toMatchObject({ wrapped: true, request: { operation: 'consult' } });
	});
	it('a request behind a header', () => {
		const header = '<s:Header><w:x xmlns:w="urn:w" s:mustUnderstand="0"/></s:Header>';
		expect(located(envelope(`${header}<s:Body>${consult}</s:Body><t:trailer xmlns:t="urn:t"/>`)).request?.operation).toBe('consult');
	});
});

it.each<[string, string, boolean]>([
	['none', body(''), false],
	['two', body(consult + consult), false],
	['an unknown one', body('<x/>'), false],
	['one of another namespace', body(consult.replace('eNotum"', 'eNotum/x"')), false],
	['an answer', body('<RespostaConsulta xmlns="http://www.aoc.cat/eNotum"/>'), false],
	['none in procesa', body(procesa('')), true],
	['two in procesa', body(procesa(consult + consult)), true],
	['procesa in procesa', body(procesa(procesa(consult))), true],
	['one with text beside it', body(`x${consult}`), false],
	['one with text beside it in procesa', body(procesa(`${consult}x`)), true],
	['an inherited name', body('<toString xmlns="http://www.aoc.cat/eNotum"/>'), false],
])('takes %s for no request', (_, xml, wrapped) => {
	expect(located(xml)).toEqual({ wrapped, request: undefined });
});

it.each([
	['VersionMismatch', envelope(`<s:Body>${consult}</s:Body>`, 'http://www.w3.org/2003/05/soap-envelope')],
	['VersionMismatch', '<Envelope/>'],
	['Client', consult],
	['Client', envelope('')],
	['Client', envelope('<s:Header/>')],
	['Client', envelope(`<s:Body/><s:Header/>`)],
	['Client', envelope(`<s:Body>${consult}</s:Body><s:Body/>`)],
	['Client', envelope(`<x/><s:Body>${consult}</s:Body>`)],
	['MustUnderstand', envelope(`<s:Header><w:x xmlns:w="urn:w" s:mustUnderstand="1"/></s:Header><s:Body>${consult}</s:Body>`)],
	[
		'MustUnderstand',
		envelope(
			`<s:Header><w:x xmlns:w="urn:w" s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"/></s:Header><s:Body>${consult}</s:Body>`,
		),
	],
	['none', envelope(`<s:Header><w:x xmlns:w="urn:w" s:mustUnderstand="1" s:actor="urn:other"/></s:Header><s:Body>${consult}</s:Body>`)],
])('%s for %s', (code, xml) => {
	expect(faultOf(xml)).toBe(code);
});
