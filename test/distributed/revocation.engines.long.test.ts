// What is changed by one gateway holds at the replicas that did not hear of it, also while their line to MongoDB is cut.
import { writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import {
	acceptCallback,
	eventually,
	freePort,
	type HttpRecorder,
	issueTestCertificates,
	type SmtpSink,
	startCallbackReceiver,
	startSmtpSink,
	type TestCertificates,
	temporaryFolder,
} from '@fefaent/testing';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consultRequest, createRequest, envelope, nif } from '../support/requests.ts';
import { createdIds, soapCaller } from '../support/soap.ts';
import { type CutLine, openLine } from './cut-line.ts';
import { type Installation, startInstallation } from './installation.ts';

const folder = temporaryFolder();
/** How long issuers and credentials are remembered, by default. */
const ttlMs = 5_000;
/** What a busy machine may add. */
const slackMs = 15_000;
const patience = { timeoutMs: 60_000, everyMs: 100 };

let installation: Installation;
let line: CutLine;
let receiver: HttpRecorder;
let mails: SmtpSink;
let certificates: TestCertificates;
let mtlsPort = 0;

beforeAll(async () => {
	line = await openLine(new URL((process.env.MONGO_URL ?? '').replace('mongodb:', 'http:')).host);
	receiver = await startCallbackReceiver({ respond: (told) => ({ ...acceptCallback(told), delayMs: 20 }) });
	mails = await startSmtpSink();
	certificates = await issueTestCertificates();
	writeFileSync(folder.join('server.pem'), certificates.server.cert);
	writeFileSync(folder.join('server.key'), certificates.server.key);
	mtlsPort = await freePort();
	const cut = { FEFAENT_MONGO_URL: `mongodb://${line.address}/?directConnection=true` };
	installation = await startInstallation(folder, {
		replicas: 2,
		env: {
			FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
			FEFAENT_GATEWAY_TLS_CERT_FILE: folder.join('server.pem'),
			FEFAENT_GATEWAY_TLS_KEY_FILE: folder.join('server.key'),
		},
		envOf: { 'gateway-2': { ...cut, FEFAENT_MTLS_PORT: String(mtlsPort) }, 'callback-2': cut, 'notifier-2': cut, 'state-engine-2': cut },
	});
	await installation.admin('POST', '/admin/v1/issuers', { code: 'DEMO', name: 'Ens de demostració' });
}, 180_000);

afterAll(async () => {
	line?.mend();
	await installation?.[Symbol.asyncDispose]();
	await Promise.all([line?.[Symbol.asyncDispose](), mails?.[Symbol.asyncDispose](), receiver?.close()]);
	await folder.remove();
}, 120_000);

const body = envelope(consultRequest([1]));

/** Status of a request to the second gateway with an API key. */
async function byKey(key: string): Promise<number> {
	const answer = await request(`${installation.publicUrls[1]}/soap/enotum-lite`, {
		method: 'POST',
		headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""', 'x-api-key': key },
		body,
	});
	await answer.body.dump();
	return answer.statusCode;
}

/** The same with the client certificate, on one connection that stays open. */
function byCertificate(): Promise<number> {
	return new Promise((resolve, reject) => {
		const options = { cert: certificates.client.cert, key: certificates.client.key, ca: certificates.ca.cert };
		const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
		const sent = httpsRequest(`https://localhost:${mtlsPort}/soap/enotum-lite`, { method: 'POST', headers, ...options }, (answer) => {
			answer.resume();
			answer.on('end', () => resolve(answer.statusCode ?? 0));
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

async function newKey(): Promise<{ readonly key: string; readonly id: string }> {
	const { key, credential } = await installation.admin<{ key: string; credential: { id: string } }>(
		'POST',
		'/admin/v1/credentials/api-keys',
		{
			label: 'test',
			issuers: ['DEMO'],
		},
	);
	await eventually(async () => (await byKey(key)) === 200, patience);
	return { key, id: credential.id };
}

const revoke = (id: string) => installation.admin('DELETE', `/admin/v1/credentials/${id}`);

/** How long after `change` the second gateway went on letting in, asked all the time. @returns milliseconds */
async function lettingIn(change: () => Promise<unknown>, ask: () => Promise<number>): Promise<{ ms: number; then: number }> {
	await change();
	const changed = performance.now();
	let then = 0;
	await eventually(
		async () => {
			then = await ask();
			return then !== 200;
		},
		{ ...patience, everyMs: 20 },
	);
	return { ms: performance.now() - changed, then };
}

describe('what is revoked at one gateway', () => {
	it('is refused by the other within seconds: an API key, a client certificate, an issuer', async () => {
		const { key, id } = await newKey();
		const ofKey = await lettingIn(
			() => revoke(id),
			() => byKey(key),
		);
		const certificate = await installation.admin<{ id: string }>('POST', '/admin/v1/credentials/certificates', {
			label: 'test',
			issuers: ['DEMO'],
			pem: certificates.client.cert,
		});
		await eventually(async () => (await byCertificate()) === 200, patience);
		const ofCertificate = await lettingIn(() => revoke(certificate.id), byCertificate);
		process.stdout.write(`revoked: key after ${Math.round(ofKey.ms)} ms, certificate after ${Math.round(ofCertificate.ms)} ms\n`);
		expect([ofKey.then, ofCertificate.then]).toEqual([401, 401]);
		for (const { ms } of [ofKey, ofCertificate]) expect(ms).toBeLessThan(ttlMs + slackMs);

		// An issuer that is disabled is answered like an unknown one.
		const caller = soapCaller(installation.publicUrls[1] as string);
		await installation.admin('POST', '/admin/v1/issuers', { code: 'GONE', name: 'Ens' });
		const create = async () => (await caller.call(createRequest([{ nif: nif(7) }], 'GONE'))).body;
		await eventually(async () => createdIds(await create()).every((one) => one > 0), patience);
		await installation.admin('PATCH', '/admin/v1/issuers/GONE', { enabled: false });
		await eventually(async () => expect(await create()).toContain('NOT_'), { timeoutMs: ttlMs + slackMs, everyMs: 50 });
		caller.close();
	}, 120_000);

	it('is not let in while the other cannot look, and refused when it can', async () => {
		const { key, id } = await newKey();
		line.cut();
		const { ms, then } = await lettingIn(
			() => revoke(id),
			() => byKey(key),
		);
		process.stdout.write(`revoked while its line to MongoDB is cut: let in for ${Math.round(ms)} ms, then ${then}\n`);
		expect(then).toBeGreaterThanOrEqual(500);
		expect(ms).toBeLessThan(ttlMs + 6_000 + slackMs);
		line.mend();
		await eventually(async () => (await byKey(key)) === 401, patience);
		// What is right goes on.
		await newKey();
	}, 120_000);
});

describe('what is changed at one gateway, when the line of other replicas was dropped', () => {
	const create = async (count: number, email = 'maria@example.org') => {
		const caller = soapCaller(installation.publicUrls[0] as string);
		const items = Array.from({ length: count }, (_, index) => ({
			nif: nif(index),
			emails: [email],
			phones: [],
			firstNotice: true,
		}));
		const ids = createdIds((await caller.call(createRequest(items))).body);
		caller.close();
		return ids;
	};

	it('holds for callbacks: a rotated secret, and an endpoint that is disabled', async () => {
		const path = '/admin/v1/endpoints';
		const { id } = await installation.admin<{ id: string }>('POST', path, {
			issuerCode: 'DEMO',
			url: receiver.url,
			form: 'enotumlite',
			credential: { kind: 'bearer', token: 'old' },
		});
		await create(100);
		await receiver.waitFor(10, 60_000);
		line.drop();
		await installation.admin('PATCH', `${path}/${id}`, { credential: { kind: 'bearer', token: 'new' } });
		const rotated = new Date();
		await receiver.waitFor(({ headers }) => headers.get('authorization') === 'Bearer new', 60_000);
		const old = receiver.requests.filter(({ headers }) => headers.get('authorization') === 'Bearer old');
		const late = Math.max(0, (old.at(-1)?.at.getTime() ?? 0) - rotated.getTime());
		await create(100);
		line.drop();
		await installation.admin('PATCH', `${path}/${id}`, { enabled: false });
		const disabled = Date.now();
		await new Promise((resolve) => setTimeout(resolve, 5_000));
		const after = receiver.requests.filter(({ at }) => at.getTime() > disabled);
		const lateBy = Math.max(0, (after.at(-1)?.at.getTime() ?? disabled) - disabled);
		process.stdout.write(`callbacks: the old secret for ${late} ms more, a disabled endpoint for ${lateBy} ms more\n`);
		expect(late).toBeLessThan(slackMs);
		expect(lateBy).toBeLessThan(slackMs);
		const { items } = await installation.admin<{ items: readonly unknown[] }>('GET', '/admin/v1/deliveries?state=pending&limit=10');
		expect(items.length).toBeGreaterThan(0);
		await installation.admin('PATCH', `${path}/${id}`, { enabled: true });
		await receiver.waitFor(({ at }) => at.getTime() > disabled + 5_000, 60_000);
	}, 180_000);

	it('holds for notices: a template', async () => {
		line.drop();
		await installation.admin('PUT', '/admin/v1/templates/email/first/ca', { subject: 'Assumpte nou', text: 'Text nou' });
		const email = 'nova@example.org';
		await create(40, email);
		const own = () => mails.messages.filter(({ envelope }) => envelope.to[0] === email);
		await eventually(() => own().length >= 40, patience);
		expect(own().map(({ subject }) => subject)).toEqual(Array.from({ length: 40 }, () => 'Assumpte nou'));
	}, 120_000);
});
