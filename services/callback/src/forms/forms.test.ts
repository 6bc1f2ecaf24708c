import { fileURLToPath } from 'node:url';
import { CallbackForm } from '@fefaent/contracts/callback';
import { Dialect, State } from '@fefaent/contracts/notification';
import { actualitzarEstatAnswer, soapEnvelope } from '@fefaent/testing';
import { childOf, compileSchema, parseXml, readTree, textOf } from '@fefaent/xml';
import { describe, expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import type { ToldState } from '../domain/states.ts';
import { newWebhookKeys, webhookSigner } from '../domain/webhooks.ts';
import { changed, endpoint, evidence, evidenceXml, noon, notification } from '../testing/fixtures.ts';
import type { Content } from './form.ts';
import { formOf } from './registry.ts';
import { retryAfterMs } from './status.ts';

const schemas = fileURLToPath(new URL('../../../../xsds/enotumlite/', import.meta.url));
const soap = formOf(CallbackForm.ENOTUMLITE);
const json = formOf(CallbackForm.JSON);

function content(state: ToldState, dialect: Dialect = Dialect.ENOTUMLITE_SEED): Content {
	const event = changed(9, state, noon);
	const target = endpoint({ id: 'e1', url: 'https://example.org/' });
	const { delivery } = newDelivery({ ...event, state }, target, noon, undefined);
	return {
		delivery,
		endpoint: target,
		notification: notification(9, dialect),
		evidence: event.evidenceId ? evidence(9, state) : undefined,
	};
}

const states: [ToldState, string][] = [
	[State.DEPOSITED, 'DIPOSITADA'],
	[State.ACCEPTED, 'ACCEPTADA'],
	[State.REJECTED, 'REBUTJADA'],
	[State.EXPIRED, 'EXPIRADA'],
	[State.FAILED, 'ERROR'],
	[State.DISCARDED, 'DESCARTADA'],
];

describe.each([
	[Dialect.ENOTUMLITE_SEED, 'callback-request-seed.xsd'],
	[Dialect.ENOTUMLITE_HEAD, 'callback-request-head.xsd'],
] as const)('ActualitzarEstat in %s', (dialect, schema) => {
	test.each(states)('%s is valid and carries the sealed bytes', (state, word) => {
		const what = content(state, dialect);
		const { body, headers } = soap.write(what, { eventSource: '', signer: undefined });
		using document = parseXml(Buffer.from(body));
		const [soapBody] = readTree(document).children;
		const [payload] = soapBody?.children ?? [];
		if (payload === undefined) throw new Error('no payload');
		expect(compileSchema(schemas + schema).validate(document.element(payload.ordinal))).toEqual([]);
		expect(textOf(payload, 'Emissor')).toBe(dialect === Dialect.ENOTUMLITE_SEED ? 'DEMO' : undefined);
		const told = childOf(payload, 'ActualitzarEstatNotificacio');
		if (told === undefined) throw new Error('nothing told');
		expect(textOf(told, 'Estat')).toBe(word);
		expect(textOf(told, 'IdNotificacio')).toBe('9');
		const [date, document64] = state === State.DEPOSITED ? ['DataDiposit', 'Diposit'] : ['DataPracticar', 'Practicar'];
		expect(textOf(told, date)).toBe(noon.toISOString());
		const proved = state !== State.FAILED && state !== State.DISCARDED;
		expect(textOf(told, document64)).toBe(proved ? evidenceXml(9, state) : '');
		expect(headers).toMatchObject({ 'content-type': 'text/xml; charset=utf-8', soapaction: '""' });
		expect(headers['x-fefaent-delivery-id']).toBe(what.delivery.id);
	});
});

const bare = (inner: string) => `<RespostaActualitzarEstat xmlns="http://www.aoc.cat/eNotum">${inner}</RespostaActualitzarEstat>`;
const result = (inner: string) => bare(`<ResultatActualitzarEstat>${inner}</ResultatActualitzarEstat>`);
const fault = soapEnvelope('<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>x</faultstring></soapenv:Fault>');

describe('answers to ActualitzarEstat', () => {
	test.each<[string, number, string | Uint8Array, string | undefined, string?]>([
		['taken, in an envelope', 200, actualitzarEstatAnswer(9), undefined],
		['taken, bare', 200, result('<IdNotificacio>9</IdNotificacio>'), undefined],
		['taken, written otherwise', 202, result('<IdNotificacio> +09 </IdNotificacio>'), undefined],
		['taken, in UTF-16', 200, Buffer.from(`\ufeff${result('<IdNotificacio>9</IdNotificacio>')}`, 'utf16le'), undefined],
		['refused with a code', 200, actualitzarEstatAnswer(9, { code: 'E-1', message: 'x' }), 'RECEIVER_ERROR', 'E-1'],
		['refused with what is no code', 200, actualitzarEstatAnswer(9, { code: '12345678Z', message: 'x' }), 'RECEIVER_ERROR'],
		['about another', 200, actualitzarEstatAnswer(8), 'ANSWER_INVALID'],
		['not of the schema', 200, result('<Id>9</Id>'), 'ANSWER_INVALID'],
		['no number', 200, result('<IdNotificacio>nine</IdNotificacio>'), 'ANSWER_INVALID'],
		['without result', 200, bare(''), 'ANSWER_INVALID'],
		['of another namespace', 200, result('<IdNotificacio>9</IdNotificacio>').replace('eNotum"', 'other"'), 'ANSWER_INVALID'],
		['two in a body', 200, soapEnvelope(result('') + result('')), 'ANSWER_INVALID'],
		['an empty envelope', 200, soapEnvelope(''), 'ANSWER_INVALID'],
		['HTML', 200, '<html><body>hello<br></body></html>', 'ANSWER_INVALID'],
		['nothing', 204, '', 'ANSWER_INVALID'],
		['an entity bomb', 200, `<!DOCTYPE a [<!ENTITY b "c">]>${result('<IdNotificacio>9</IdNotificacio>')}`, 'ANSWER_INVALID'],
		['very deep', 200, '<a>'.repeat(5000), 'ANSWER_INVALID'],
		['a fault', 500, fault, 'RECEIVER_FAULT', 'Server'],
		['a fault with 200', 200, fault, 'RECEIVER_FAULT', 'Server'],
		['a broken server', 500, 'oops', 'HTTP_SERVER_ERROR'],
		['a taken one with 500', 500, actualitzarEstatAnswer(9), 'HTTP_SERVER_ERROR'],
		['a gateway', 502, fault, 'HTTP_SERVER_ERROR'],
		['not found', 404, '', 'HTTP_CLIENT_ERROR'],
		['gone', 410, '', 'HTTP_CLIENT_ERROR'],
		['moved', 301, '', 'REDIRECTED'],
		['not known', 401, '', 'CREDENTIALS_REFUSED'],
		['busy', 503, '', 'RECEIVER_BUSY'],
	])('%s', (_, status, body, failure, detail) => {
		const read = soap.read({ status, headers: {}, body: Buffer.from(body) }, content(State.DEPOSITED));
		expect(read).toMatchObject({ status });
		expect([read.failure, read.detail]).toEqual([failure, detail]);
	});

	test('the charset of the header and the document must agree', () => {
		const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${result('<IdNotificacio>9</IdNotificacio>')}`);
		const headers = { 'content-type': 'text/xml; charset=ISO-8859-1' };
		expect(soap.read({ status: 200, headers, body }, content(State.DEPOSITED)).failure).toBe('ANSWER_INVALID');
	});
});

test('an event in JSON says what happened without personal data', () => {
	const what = content(State.ACCEPTED);
	const { body, headers } = json.write(what, { eventSource: 'urn:x', signer: webhookSigner(newWebhookKeys()) });
	expect(JSON.parse(body)).toEqual({
		specversion: '1.0',
		id: what.delivery.id,
		source: 'urn:x',
		type: 'cat.fefaent.notification.accepted',
		subject: '9',
		time: noon.toISOString(),
		datacontenttype: 'application/json',
		data: {
			notificationId: 9,
			issuerReference: 'ref-9',
			state: 'ACCEPTED',
			at: noon.toISOString(),
			evidence: { id: what.evidence?.id, sha256: '09'.repeat(32) },
		},
	});
	expect(headers['webhook-id']).toBe(what.delivery.id);
	expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
	expect(JSON.parse(json.write(content(State.FAILED), { eventSource: 'urn:x', signer: undefined }).body).data.evidence).toBeUndefined();
});

test.each<[number, string | undefined]>([
	[200, undefined],
	[299, undefined],
	[302, 'REDIRECTED'],
	[400, 'HTTP_CLIENT_ERROR'],
	[407, 'CREDENTIALS_REFUSED'],
	[410, 'ENDPOINT_GONE'],
	[429, 'RECEIVER_BUSY'],
	[500, 'HTTP_SERVER_ERROR'],
	[999, 'ANSWER_INVALID'],
])('status %i to the JSON form: %s', (status, failure) => {
	expect(json.read({ status, headers: {}, body: new Uint8Array() }, content(State.DEPOSITED)).failure).toBe(failure);
});

test.each<[string | undefined, number | undefined]>([
	['120', 120_000],
	['0', 0],
	['Mon, 02 Mar 2026 12:01:00 GMT', 60_000],
	['Mon, 02 Mar 2026 11:00:00 GMT', 0],
	['soon', undefined],
	['-5', undefined],
	['1e9', undefined],
	[undefined, undefined],
])('Retry-After %s is %s ms', (text, expected) => {
	expect(retryAfterMs(text, noon.getTime())).toBe(expected);
});
