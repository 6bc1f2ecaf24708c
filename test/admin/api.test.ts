import { certificatesFromPem, verifyEvidence } from '@fefaent/pki';
import { acceptCallback, type HttpRecorder, issueTestCertificates, startCallbackReceiver } from '@fefaent/testing';
import { unzipSync } from 'fflate';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequest, nif, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';
import { type AdminWorld, startAdminWorld } from './world.ts';

let world: AdminWorld;
let receiver: HttpRecorder;
beforeAll(async () => {
	world = await startAdminWorld();
	receiver = await startCallbackReceiver({ respond: acceptCallback });
});
afterAll(async () => {
	await world[Symbol.asyncDispose]();
	await receiver[Symbol.asyncDispose]();
});

const v1 = '/admin/v1';

async function create(n: number): Promise<number> {
	const soap = soapCaller(world.fefaent.publicUrl);
	const answer = await soap.call(createRequest([{ nif: nif(n), issuerReference: `admin-${n}`, firstNotice: true, reminder: true }]));
	soap.close();
	const [id] = createdIds(answer.body);
	if (id === undefined) throw new Error(answer.body);
	return id;
}

const settle = (advance = 'PT0S') => world.call('POST', `${v1}/clock`, { advance, settle: true });

async function caller(key: string): Promise<number> {
	const soap = soapCaller(world.fefaent.publicUrl, { headers: { 'X-API-Key': key } });
	const { status } = await soap.call(createRequest([{ title: 'by key' }], 'AJT'));
	soap.close();
	return status;
}

test('issuers are registered, listed and changed', async () => {
	const made = await world.call('POST', `${v1}/issuers`, { code: 'AJT', name: 'Ajuntament', noticeDefaults: { reminder: true } });
	expect(made.status).toBe(201);
	expect(made.headers.location).toBe(`${v1}/issuers/AJT`);
	expect((await world.call('POST', `${v1}/issuers`, { code: 'AJT', name: 'again' })).body).toMatchObject({
		reason: 'ISSUER_EXISTS',
		status: 409,
	});
	const changed = await world.call('PATCH', `${v1}/issuers/AJT`, { defaultExpiryDays: 20, noticeDefaults: { firstNotice: true } });
	expect(changed.body).toMatchObject({ defaultExpiryDays: 20, noticeDefaults: { firstNotice: true, reminder: true }, version: 2 });
	expect((await world.call('GET', `${v1}/issuers/AJT`)).body).toEqual(changed.body);
	const { items } = (await world.call<{ items: { code: string }[] }>('GET', `${v1}/issuers`)).body;
	expect(items.map((one) => one.code)).toEqual(['AJT', 'DEMO']);
});

test('a key opens the SOAP face until it is revoked', async () => {
	const made = await world.call<{ key: string; credential: { id: string } }>('POST', `${v1}/credentials/api-keys`, {
		label: 'ERP',
		issuers: ['AJT'],
	});
	expect(await caller(made.body.key)).toBe(200);
	const certificates = await issueTestCertificates();
	const registered = await world.call('POST', `${v1}/credentials/certificates`, {
		label: 'mTLS',
		issuers: ['AJT'],
		pem: certificates.client.cert,
	});
	expect(registered.body).toMatchObject({ kind: 'certificate' });
	const { items } = (await world.call<{ items: object[] }>('GET', `${v1}/credentials?issuer=AJT`)).body;
	expect(items).toHaveLength(2);
	expect(JSON.stringify(items)).not.toContain(made.body.key.split('_')[2]);
	const revoked = await world.call('DELETE', `${v1}/credentials/${made.body.credential.id}`);
	expect(revoked.body).toHaveProperty('revokedAt');
	expect(await caller(made.body.key)).toBe(401);
});

test('administrations reached elsewhere are kept', async () => {
	expect((await world.call('PUT', `${v1}/administrations/P1700000A`, { name: 'Girona' })).body).toMatchObject({ cif: 'P1700000A' });
	const imported = (entries: object[]) => world.call('POST', `${v1}/administrations/import`, { entries });
	expect((await imported([{ cif: 'p-0800000-b', name: 'Diputació' }, { cif: 'A58818501' }])).body).toEqual({ imported: 2 });
	expect((await imported([{ cif: 'A28015865' }, { cif: 'nope' }])).body).toMatchObject({ reason: 'ADMINISTRATION_INVALID' });
	expect((await world.call('DELETE', `${v1}/administrations/P1700000A`)).status).toBe(204);
	expect((await world.call('DELETE', `${v1}/administrations/P1700000A`)).body).toMatchObject({ reason: 'ADMINISTRATION_UNKNOWN' });
	const { items } = (await world.call<{ items: { cif: string }[] }>('GET', `${v1}/administrations`)).body;
	expect(items.map((one) => one.cif).sort()).toEqual(['A58818501', 'P0800000B', 'P0801900B', 'S0811001G']);
});

test('an endpoint that another changed is neither changed nor removed on condition', async () => {
	const made = await world.call<{ id: string }>('POST', `${v1}/endpoints`, {
		issuerCode: 'DEMO',
		url: 'http://127.0.0.1:1/c',
		form: 'json',
	});
	const address = `${v1}/endpoints/${made.body.id}`;
	const first = { 'if-match': String(made.headers.etag) };
	expect((await world.call('GET', address)).headers.etag).toBe(made.headers.etag);
	const changes = [
		{ url: 'http://127.0.0.1:1/d' },
		{ maxInFlight: 3 },
		{ states: ['deposited'] },
		{ enabled: false },
		{ credential: { kind: 'bearer', token: 't' } },
	];
	const onCondition = await Promise.all(changes.map((one) => world.call('PATCH', address, one, first)));
	expect(onCondition.map((one) => one.status).sort()).toEqual([200, 412, 412, 412, 412]);
	expect((await world.call('DELETE', address, undefined, first)).body).toMatchObject({ status: 412, reason: 'PRECONDITION_FAILED' });
	// Without a condition each is made to what the other left: none undoes another.
	expect((await Promise.all(changes.map((one) => world.call('PATCH', address, one)))).map((one) => one.status)).toEqual([
		200, 200, 200, 200, 200,
	]);
	const now = await world.call('GET', address);
	expect(now.body).toMatchObject({
		url: 'http://127.0.0.1:1/d',
		maxInFlight: 3,
		states: ['deposited'],
		enabled: false,
		credential: { kind: 'bearer' },
	});
	expect((await world.call('DELETE', address, undefined, { 'if-match': String(now.headers.etag) })).status).toBe(204);
	expect((await world.call('DELETE', address, undefined, { 'if-match': '*' })).status).toBe(404);
});

test('endpoints never tell their secrets', async () => {
	const url = 'https://issuer.example/callback';
	const basic = { kind: 'basic', username: 'fefaent', password: 'p4ssw0rd-s3cret' };
	const made = await world.call<{ id: string }>('POST', `${v1}/endpoints`, { issuerCode: 'AJT', url, form: 'json', credential: basic });
	expect(made.status).toBe(201);
	expect(made.body).toMatchObject({ webhookSecret: expect.stringMatching(/^whsec_/), credential: { kind: 'basic', username: 'fefaent' } });
	const address = `${v1}/endpoints/${made.body.id}`;
	expect((await world.call('PATCH', address, { enabled: false, states: ['deposited'] })).body).toMatchObject({
		enabled: false,
		states: ['deposited'],
		url,
		credential: { kind: 'basic', username: 'fefaent' },
	});
	const read = [await world.call('GET', address), await world.call('GET', `${v1}/endpoints?issuer=AJT`)];
	for (const { body } of read) expect(JSON.stringify(body)).not.toMatch(/p4ssw0rd|whsec/);
	expect((await world.call('DELETE', address)).status).toBe(204);
	expect((await world.call('GET', address)).body).toMatchObject({ reason: 'ENDPOINT_UNKNOWN' });
	const four: string[] = [];
	for (let count = 0; count < 4; count++) {
		four.push((await world.call<{ id: string }>('POST', `${v1}/endpoints`, { issuerCode: 'AJT', url, form: 'json' })).body.id);
	}
	const listed: string[] = [];
	for (let next: string | undefined = ''; next !== undefined; ) {
		const after: string = next && `&after=${next}`;
		const page = (await world.call<{ items: { id: string }[]; next?: string }>('GET', `${v1}/endpoints?issuer=AJT&limit=3${after}`)).body;
		expect(page.items.length).toBeLessThanOrEqual(3);
		listed.push(...page.items.map(({ id }) => id));
		({ next } = page);
	}
	expect(listed).toEqual(four.toSorted());
	for (const id of four) await world.call('DELETE', `${v1}/endpoints/${id}`);
	expect((await world.call('GET', `${v1}/endpoints?limit=101`)).status).toBe(400);
	const nobody = { issuerCode: 'NOPE', url, form: 'json' };
	expect((await world.call('POST', `${v1}/endpoints`, nobody)).body).toMatchObject({ reason: 'ISSUER_UNKNOWN' });
});

test('templates are overridden for one issuer, tried and taken back', async () => {
	const address = `${v1}/templates/sms/first/ca?issuer=AJT`;
	const stored = await world.call('PUT', address, { text: 'Hola {{destinatari.nom}} {{notificacio.titl}}' });
	expect(stored.body).toEqual({ unknownVariables: expect.arrayContaining(['notificacio.titl']) });
	expect((await world.call('PUT', address, { text: '{{#open}}' })).body).toMatchObject({ status: 400, reason: 'TEMPLATE_INVALID' });
	const key = { channel: 'sms', kind: 'first', language: 'ca', issuerCode: 'AJT' };
	expect((await world.call<{ text: string }>('POST', `${v1}/templates/preview`, key)).body.text).toMatch(/^Hola /);
	const unsaved = { ...key, channel: 'email', template: { subject: 'S', text: 'T', html: '<p>H</p>' } };
	expect((await world.call('POST', `${v1}/templates/preview`, unsaved)).body).toEqual({ subject: 'S', text: 'T', html: '<p>H</p>' });
	const own: { builtIn: boolean; issuerCode?: string }[] = [];
	let next: string | undefined;
	let pages = 0;
	do {
		const after = next === undefined ? '' : `&after=${encodeURIComponent(next)}`;
		const { body } = await world.call<{ items: typeof own; next?: string }>('GET', `${v1}/templates?issuer=AJT&limit=5${after}`);
		own.push(...body.items.filter((one) => !one.builtIn));
		next = body.next;
		pages++;
	} while (next !== undefined);
	expect([own.map((one) => one.issuerCode), pages]).toEqual([['AJT'], 4]);
	expect((await world.call('GET', `${v1}/templates?after=AJT`)).body).toMatchObject({ status: 400 });
	expect((await world.call('DELETE', address)).status).toBe(204);
	expect((await world.call('DELETE', address)).body).toMatchObject({ status: 404, reason: 'TEMPLATE_UNKNOWN' });
});

test('a notification is followed from its creation to its acceptance', async () => {
	await world.call('POST', `${v1}/endpoints`, { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });
	const id = await create(1);
	await settle();
	const address = `${v1}/notifications/${id}`;
	const soap = soapCaller(world.fefaent.publicUrl);
	expect(texts((await soap.call(practiseRequest([{ id, decision: 'ACCEPTAR' }]))).body, 'Decisio')).toEqual(['ACCEPTAR']);
	soap.close();
	await settle();

	expect((await world.call('GET', address)).body).toMatchObject({
		id,
		state: 'accepted',
		recipients: [{ natural: { identity: { scheme: 'nif', value: nif(1) } }, emails: ['maria@example.cat'] }],
		evidences: [{ transition: 'deposit' }, { transition: 'accept' }],
	});
	const search = await world.call('GET', `${v1}/notifications?issuer=DEMO&issuerReference=admin-1&state=accepted&limit=1`);
	expect(search.body).toMatchObject({ items: [{ id, issuerReference: 'admin-1' }], next: String(id) });
	expect((await world.call('GET', `${v1}/notifications?state=failed`)).body).toEqual({ items: [] });

	const timeline = (
		await world.call<{ events: { at: string; source: string; event: string; upcoming: boolean }[] }>('GET', `${address}/timeline`)
	).body;
	expect(timeline.events.map((one) => one.at)).toEqual(timeline.events.map((one) => one.at).sort());
	expect(new Set(timeline.events.map((one) => one.source))).toEqual(new Set(['notification', 'notice', 'delivery', 'timer']));
	expect(timeline.events.map((one) => one.event)).toEqual(
		expect.arrayContaining(['entered', 'deposited', 'email first sent', 'sms first sent', 'deposited attempt 1 delivered', 'accepted']),
	);
	expect(timeline.events.filter((one) => one.upcoming).map((one) => one.event)).toEqual(['retention']);

	const log = await world.call<{ items: { attempts: { httpStatus: number }[] }[] }>('GET', `${address}/deliveries`);
	expect(log.body.items.map((one) => one.attempts.map((attempt) => attempt.httpStatus))).toEqual([[200], [200]]);
	expect((await world.call('GET', `${v1}/deliveries?notification=${id}&state=delivered`)).body).toEqual(log.body);
	expect((await world.call<{ items: object[] }>('GET', `${address}/notices`)).body.items).toHaveLength(2);
	expect((await world.call('GET', `${v1}/outbox/mail?limit=1`)).body).toMatchObject({ items: [{ to: ['maria@example.cat'] }] });
	expect((await world.call('GET', `${v1}/outbox/sms?limit=1`)).body).toMatchObject({ items: [{ to: '+34600123456' }] });
});

test('its evidences are downloaded as they were signed, with whom to trust', async () => {
	const [{ id } = { id: 0 }] = (
		await world.call<{ items: { id: number }[] }>('GET', `${v1}/notifications?issuerReference=admin-1&issuer=DEMO`)
	).body.items;
	const address = `${v1}/notifications/${id}/evidences`;
	expect((await world.call('GET', address)).body).toMatchObject({
		items: [
			{ transition: 'deposit', level: 'B-T', purged: false },
			{ transition: 'accept', level: 'B-T', purged: false },
		],
	});
	const answer = await world.call<string>('GET', `${address}/accept`);
	expect(answer.headers['content-type']).toBe('application/xml');
	expect(answer.headers['content-disposition']).toBe(`attachment; filename=evidence-${id}-accept.xml`);
	const trust = (await world.call<{ signerCaPem: string; tsaCaPem: string; test: boolean }>('GET', `${v1}/trust`)).body;
	expect(trust.test).toBe(true);
	const report = await verifyEvidence(Buffer.from(answer.body), {
		signers: certificatesFromPem(trust.signerCaPem),
		timeStamping: certificatesFromPem(trust.tsaCaPem),
	});
	expect(report.problems).toEqual([]);
	expect((await world.call('GET', `${address}/reject`)).body).toMatchObject({ reason: 'EVIDENCE_UNKNOWN' });
	expect((await world.call('GET', `${address}/burn`)).body).toMatchObject({ reason: 'REQUEST_INVALID' });
});

test('what nobody could be told is sent again on demand', async () => {
	const dead = await world.call<{ id: string; version: number }>('POST', `${v1}/endpoints`, {
		issuerCode: 'DEMO',
		url: 'http://127.0.0.1:1/nobody',
		form: 'enotumlite',
	});
	const address = `${v1}/endpoints/${dead.body.id}`;
	const id = await create(2);
	await settle();
	const waiting = (await world.call<{ waitsUntil?: string }>('GET', `${address}/health`)).body;
	expect(Date.parse(waiting.waitsUntil ?? '')).toBeGreaterThan(world.fefaent.clock.now().getTime());
	const standing = async () => {
		const filter = `notification=${id}&endpoint=${dead.body.id}`;
		return (await world.call<{ items: { state: string; attempts: { failure: string }[] }[] }>('GET', `${v1}/deliveries?${filter}`)).body
			.items[0];
	};
	for (let tries = 0; tries < 10 && (await standing())?.state !== 'exhausted'; tries++) await settle('PT3H');
	expect(await standing()).toMatchObject({
		state: 'exhausted',
		attempts: expect.arrayContaining([expect.objectContaining({ failure: expect.any(String) })]),
	});
	expect((await world.call('POST', `${v1}/deliveries/redrive`, { notificationIds: [id] })).body).toEqual({ redriven: 1 });
	// That it waited, and was tried again at once, is no change of it: nobody's condition fails by it.
	const { etag } = dead.headers;
	const { version } = dead.body;
	expect(await world.call('GET', address)).toMatchObject({ headers: { etag }, body: { version } });
	const change = await world.call('PATCH', address, { maxInFlight: 2 }, { 'if-match': String(etag) });
	expect(change).toMatchObject({ status: 200, body: { version: version + 1 } });
	expect((await world.call('POST', `${v1}/deliveries/redrive`, {})).body).toMatchObject({ reason: 'REQUEST_INVALID' });
	expect((await world.call('POST', `${v1}/notices/redrive`, { notificationIds: [id] })).body).toEqual({ redriven: 0 });
	expect((await world.call('POST', `${v1}/notifications/retry`, { ids: [id] })).body).toEqual({ retried: [] });
	await world.call('DELETE', address);
});

test('events that a service gave up on are listed and given back', async () => {
	const { bus, clock } = world.fefaent;
	const event = { id: 'poison', topic: 'fefaent.notification.v1', key: '999', type: 'poison', at: clock.now(), headers: {} };
	await bus.publish([{ ...event, body: Buffer.from([255, 255]) }]);
	await settle();
	const { items } = (await world.call<{ items: { id: string; group: string; reason: string }[] }>('GET', `${v1}/dead-letters`)).body;
	expect(items.map((one) => one.group).sort()).toEqual(['callback', 'notifier', 'state-engine']);
	expect(items.every((one) => one.id === 'poison' && one.reason !== '')).toBe(true);
	expect((await world.call('POST', `${v1}/dead-letters/redrive`, { group: 'notifier', ids: ['poison'] })).body).toEqual({ redriven: 1 });
	await settle();
	expect((await world.call<{ items: object[] }>('GET', `${v1}/dead-letters?group=notifier`)).body.items).toHaveLength(1);
	const status = (await world.call<{ ready: boolean; bus: { dead: number }[] }>('GET', `${v1}/status`)).body;
	expect(status).toMatchObject({ ready: true, sandbox: true, publicUrl: world.fefaent.publicUrl });
	expect(status.bus.map((one) => one.dead)).toEqual([1, 1, 1]);
});

test('time is moved, and what was due by then has happened when it answers', async () => {
	const id = await create(3);
	await settle();
	const before = (await world.call<{ now: string; offsetMs: number }>('GET', `${v1}/clock`)).body;
	const moved = await world.call<{ now: string; offsetMs: number; settled: boolean }>('POST', `${v1}/clock`, {
		advance: '10d',
		settle: true,
	});
	expect(moved.body.settled).toBe(true);
	expect(moved.body.offsetMs - before.offsetMs).toBe(864_000_000);
	expect((await world.call('GET', `${v1}/notifications/${id}`)).body).toMatchObject({ state: 'expired' });
	expect((await world.call('POST', `${v1}/clock`, { advance: 'P1M' })).body).toMatchObject({ reason: 'REQUEST_INVALID' });
	expect((await world.call('POST', `${v1}/clock`, { advance: '9999d' })).body).toMatchObject({ reason: 'CLOCK_OUT_OF_RANGE' });
});

test('what is purged leaves its export and the digests of its evidences', async () => {
	const [{ id } = { id: 0 }] = (
		await world.call<{ items: { id: number }[] }>('GET', `${v1}/notifications?issuerReference=admin-3&issuer=DEMO`)
	).body.items;
	await settle('P70D');
	expect((await world.call('GET', `${v1}/notifications/${id}`)).body).toMatchObject({ status: 404, reason: 'NOTIFICATION_UNKNOWN' });
	expect((await world.call('GET', `${v1}/notifications/${id}/evidences/expire`)).body).toMatchObject({
		status: 404,
		reason: 'EVIDENCE_PURGED',
	});
	expect((await world.call('GET', `${v1}/notifications/${id}/evidences`)).body).toMatchObject({
		items: [{ purged: true }, { purged: true }],
	});
	expect((await world.call('GET', `${v1}/notifications/${id}/export`)).status).toBe(200);
	const zip = await (await request(`${world.fefaent.adminUrl}${v1}/notifications/${id}/export`)).body.bytes();
	expect(Object.keys(unzipSync(zip)).filter((name) => name.endsWith('.xml'))).toHaveLength(2);
});

test('settings are shown with their values, secrets masked', async () => {
	const { items } = (await world.call<{ items: { part: string; name: string; value?: string }[] }>('GET', `${v1}/config`)).body;
	expect(new Set(items.map((one) => one.part)).size).toBe(8);
	expect(items.find((one) => one.name === 'FEFAENT_DATA_DIR')?.value).toBe(world.folder.join('data'));
});

test('probes are answered', async () => {
	expect((await world.call('GET', '/health/live')).body).toEqual({ live: true });
	expect((await world.call('GET', '/health/ready')).body).toMatchObject({ ready: true });
});

// Last: it looks at what the others did.
test('every operation that is described was answered with success here, as described', () => {
	expect(world.described.filter((id) => !world.succeeded.has(id))).toEqual([]);
});
