// Every code of the contract (section 7 of the reference), provoked through the real face before the real services.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	cancelRequest,
	consultRequest,
	createRequest,
	document,
	type NotificationChoice,
	naturalPerson,
	nif,
	ns,
	practiseRequest,
} from '../support/requests.ts';
import { House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await House.start();
});
afterAll(() => house[Symbol.asyncDispose]());

const create = (...items: NotificationChoice[]) => house.call(createRequest(items));
const codesOf = async (request: Promise<{ items: readonly { code: string | undefined }[] }>) =>
	(await request).items.map((item) => item.code);
const legal = (document: string) =>
	`<Destinatari><PersonaJuridica><DocumentIdentificatiu>${document}</DocumentIdentificatiu><RaoSocial>E</RaoSocial></PersonaJuridica></Destinatari>`;
const natural = (document: string) =>
	`<Destinatari><PersonaFisica><DocumentIdentificatiu>${document}</DocumentIdentificatiu><Nom>A</Nom><PrimerCognom>B</PrimerCognom></PersonaFisica></Destinatari>`;
const digest = (attributes: string, bytes: number) =>
	`<Document><Nom>a.pdf</Nom><DigestDocument${attributes}>${Buffer.alloc(bytes).toString('base64')}</DigestDocument><Tipus>Annex</Tipus></Document>`;
const practise = (inner: string) => house.call(`<PeticioPracticar xmlns="${ns}"><Emissor>DEMO</Emissor>${inner}</PeticioPracticar>`);
const decision = (id: number, decided: string, documents = '') =>
	`<PracticarNotificacio><IdNotificacio>${id}</IdNotificacio><Decisio>${decided}</Decisio>${documents}</PracticarNotificacio>`;
const physical = (inner: string) => `<DocumentPersonaFisica>${inner}</DocumentPersonaFisica>`;
const body = (valid: string, from: string | RegExp, to: string) => {
	const changed = valid.replace(from, to);
	expect(changed).not.toBe(valid);
	return changed;
};

describe('ERR_01, for the request as a whole', () => {
	const valid = createRequest([{}, {}]);
	it.each<[string, string]>([
		['an unknown element', body(valid, '</Notificacio>', '<Extra/></Notificacio>')],
		['a missing element', body(valid, /<Titol>.*?<\/Titol>/, '')],
		['an element twice', body(valid, '<Referencia>', '<Titol>x</Titol><Referencia>')],
		['no number', body(valid, '<DiesExpiracio>10<', '<DiesExpiracio>deu<')],
		['no date', body(valid, '<DiesExpiracio>', '<DataCreacio>ahir</DataCreacio><DiesExpiracio>')],
		['no boolean', body(valid, '<PrimerAvis>true<', '<PrimerAvis>si<')],
		['no base64', body(valid, /(<DigestDocument[^>]*>)/, '$1*')],
		['base64 with a stray character', body(valid, /(<DigestDocument[^>]*>.{4})/, '$1-')],
		['too many recipients', createRequest([{ recipients: [1, 2, 3, 4, 5, 6].map((n) => naturalPerson({ nif: nif(n) })).join('') }])],
		['too many mailboxes', createRequest([{ emails: ['a@b.c', 'b@b.c', 'c@b.c', 'd@b.c'] }])],
		['too many items', createRequest(Array.from({ length: 101 }, () => ({})))],
		['no items', createRequest([])],
		['a decision that is none', practiseRequest([{ id: 1, decision: 'ACCEPTAR' }]).replace('ACCEPTAR', 'POTSER')],
		['an id that is none', consultRequest(['1.5'])],
		['the issuer in the wrong place', body(valid, /<Emissor>DEMO<\/Emissor>(.*)<\/Peticio/, '$1<Emissor>DEMO</Emissor></Peticio')],
		['two requests', valid + valid],
		['no request', ''],
		['an unknown request', `<PeticioEsborrar xmlns="${ns}"/>`],
		['a request of another namespace', body(valid, ns, `${ns}/x`)],
	])('%s', async (_, request) => {
		const answer = await house.call(request);
		expect([answer.status, answer.root?.name, answer.items.map((item) => item.code)]).toEqual([200, 'RespostaError', ['ERR_01']]);
	});

	it('is said before the issuer is looked at', async () => {
		expect(await codesOf(house.call(createRequest([{ documents: digest('', 32).replace('AAAA', '*') }], 'NINGU')))).toEqual(['ERR_01']);
	});

	it('names the place without repeating the value', async () => {
		const answer = await house.call(body(valid, '<DiesExpiracio>10<', '<DiesExpiracio>secret<'));
		expect(answer.items[0]?.message).toContain('Notificacio/DiesExpiracio');
		expect(answer.text).not.toContain('secret');
	});
});

it('ERR_02 when a service is gone, with a reference to the log and no detail', async () => {
	const other = await House.start();
	await using _ = other;
	await other.world.stop();
	const answers = await Promise.all([createRequest([{}]), consultRequest([1]), cancelRequest([1])].map((one) => other.call(one)));
	for (const answer of answers) {
		expect([answer.status, answer.root?.name, answer.items[0]?.code]).toEqual([200, 'RespostaError', 'ERR_02']);
		expect(other.errors.map((line) => line.reference)).toContain(/referència ([\w-]+)\)/.exec(answer.items[0]?.message ?? '')?.[1]);
	}
	await other.world.resume();
});

it('ERR_02 at its item where another of the batch went well, else for the request', async () => {
	const [gone, kept] = [await house.deposited(createRequest([{}])), await house.deposited(createRequest([{}]))];
	// What a purge has just taken, between the notification and its evidence.
	await house.world.evidences.purge({ notificationIds: [gone] });
	expect(await codesOf(house.call(consultRequest([gone, kept, 999_999])))).toEqual(['ERR_02', undefined, 'CON_01']);
	for (const ids of [[gone], [gone, gone], [999_999, gone]]) {
		const answer = await house.call(consultRequest(ids));
		expect([answer.root?.name, answer.items.map((item) => item.code)]).toEqual(['RespostaError', ['ERR_02']]);
	}
	expect(house.errors.slice(-4).map((line) => line.reason)).toEqual(['EVIDENCE_GONE', 'EVIDENCE_GONE', 'EVIDENCE_GONE', 'EVIDENCE_GONE']);
});

it.each([
	['unknown', 'NINGU'],
	['empty', ''],
	['absurd', 'x'.repeat(5000)],
])('NOT_01 in every operation for an issuer that is %s', async (_, issuer) => {
	const requests = [
		createRequest([{}], issuer),
		consultRequest([1], issuer),
		cancelRequest([1], issuer),
		practiseRequest([{ id: 1, decision: 'ACCEPTAR' }], issuer),
	];
	for (const request of requests) {
		const answer = await house.call(request);
		expect([answer.root?.name, answer.items[0]?.code]).toEqual(['RespostaError', 'NOT_01']);
	}
});

it('NOT_02 to NOT_10, each for its own item, beside items that go well', async () => {
	const items: [string | undefined, NotificationChoice][] = [
		[undefined, {}],
		['NOT_02', { title: 'x'.repeat(101) }],
		['NOT_02', { expiryDays: 366 }],
		['NOT_02', { expiryDays: 0 }],
		['NOT_02', { emails: ['sense arrova'] }],
		['NOT_02', { kind: 'ALTRE' as 'NOTIFICACIO' }],
		['NOT_02', { documents: digest(' digestAlgorithm="MD5"', 32) }],
		['NOT_02', { documents: document().replace('Resolució', 'Resolucio') }],
		['NOT_03', { nif: '04444444H' }],
		['NOT_03', { nif: 'no' }],
		['NOT_04', { recipients: legal('<CIF>B65410012</CIF>') }],
		['NOT_05', { phones: ['12'] }],
		['NOT_06', { documents: digest(' digestAlgorithm="SHA-512"', 32) }],
		['NOT_06', { documents: digest('', 20) }],
		['NOT_07', { recipients: natural('<PASSAPORT> </PASSAPORT>') }],
		['NOT_07', { nif: '' }],
		['NOT_08', { recipients: legal('<VAT>XX</VAT>') }],
		['NOT_09', { recipients: naturalPerson() + naturalPerson() }],
		['NOT_10', { recipients: legal('<CIF>S0811001G</CIF>') }],
		['NOT_10', { recipients: legal('<CIF>P0801900B</CIF>') }],
		['NOT_10', { recipients: legal('<VAT>ESP0800000B</VAT>') }],
		[undefined, { recipients: legal('<Identificador>Fiscalia 3</Identificador>') }],
	];
	const answer = await create(...items.map(([, choice]) => choice));
	expect(answer.items.map((item) => item.code)).toEqual(items.map(([code]) => code));
	expect(answer.items[8]?.message).toBe('NIF invàlid: 04444444H');
	expect(answer.items.filter((item) => item.code === undefined)).toHaveLength(2);
});

it('NOT_02 names IdNotificacioEmissor when another content has it, and the first stays', async () => {
	const first = await create({ issuerReference: 'REF-1' });
	const again = await create({ issuerReference: 'REF-1' }, { issuerReference: 'REF-1', title: 'Un altre' }, { issuerReference: 'REF-2' });
	expect(again.items.map((item) => item.code)).toEqual([undefined, 'NOT_02', undefined]);
	expect(again.items[0]?.element.children[1]?.text).toBe(first.items[0]?.element.children[1]?.text);
	expect(again.items[1]?.message).toContain('IdNotificacioEmissor');
	expect(again.items[1]?.element.children[0]?.text).toBe('REF-1');
});

it('CON_01 for ids of nothing, however they are written, each echoed as given', async () => {
	const ids = ['999999999', '0', '-5', '+7777777777', '007777777777', '9007199254740993', '9'.repeat(24), '9'.repeat(400), '999999999'];
	for (const request of [consultRequest(ids), cancelRequest(ids), practiseRequest(ids.map((id) => ({ id, decision: 'ACCEPTAR' })))]) {
		const answer = await house.call(request);
		expect(answer.items.map((item) => item.code)).toEqual(ids.map(() => 'CON_01'));
		expect(answer.items.map((item) => item.element.children[0]?.text)).toEqual(ids);
	}
});

it('CON_02 for another issuer, in all three operations', async () => {
	const id = await house.deposited(createRequest([{}]));
	for (const request of [
		consultRequest([id], 'OTHER'),
		cancelRequest([id], 'OTHER'),
		practiseRequest([{ id, decision: 'ACCEPTAR' }], 'OTHER'),
	])
		expect(await codesOf(house.call(request))).toEqual(['CON_02']);
});

it('PRC_01 for a document of nobody and for several recipients without one; NOT_03 and NOT_04 for a malformed one', async () => {
	const one = await house.deposited(createRequest([{}]));
	const two = await house.deposited(createRequest([{ recipients: naturalPerson() + naturalPerson({ nif: nif(1) }) }]));
	const answer = await practise(
		decision(one, 'ACCEPTAR', physical(`<NIF>${nif(2)}</NIF>`)) +
			decision(one, 'ACCEPTAR', physical('<PASSAPORT></PASSAPORT>')) +
			decision(two, 'ACCEPTAR') +
			decision(one, 'ACCEPTAR', physical('<NIF>04444444H</NIF>')) +
			decision(one, 'ACCEPTAR', physical('<NIF>gens</NIF>')) +
			decision(one, 'ACCEPTAR', '<DocumentPersonaJuridica><CIF>B65410012</CIF></DocumentPersonaJuridica>'),
	);
	expect(answer.items.map((item) => item.code)).toEqual(['PRC_01', 'PRC_01', 'PRC_01', 'NOT_03', 'NOT_03', 'NOT_04']);
	expect(answer.items[3]?.message).toBe('NIF invàlid: 04444444H');
	expect(await codesOf(practise(decision(two, 'ACCEPTAR', physical(`<NIF>${nif(1)}</NIF>`))))).toEqual([undefined]);
});

it('PRC_02 where nothing can be practised, PRC_03 after the opposite decision, with state and attempt', async () => {
	const cancelled = await house.deposited(createRequest([{}]));
	expect(await codesOf(house.call(cancelRequest([cancelled])))).toEqual([undefined]);
	const decided = await house.deposited(createRequest([{}]));
	const answer = await practise(
		decision(cancelled, 'ACCEPTAR') + decision(decided, 'ACCEPTAR') + decision(decided, 'REBUTJAR') + decision(decided, 'ACCEPTAR'),
	);
	expect(answer.items.map((item) => item.code)).toEqual(['PRC_02', undefined, 'PRC_03', undefined]);
	expect(answer.items[0]?.message).toContain('DESCARTADA');
	expect(answer.items[2]?.message).toContain('ACCEPTADA');
	expect(answer.items[2]?.message).toContain('REBUTJAR');
	expect(answer.items[3]?.element).toMatchObject({ children: answer.items[1]?.element.children.map(({ text }) => ({ text })) });
});
