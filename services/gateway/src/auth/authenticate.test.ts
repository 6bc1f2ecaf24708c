import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { issueTestCertificates, type TestCertificates } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../directory/types.ts';
import type { ListenOptions } from '../http/server.ts';
import { type TestDirectory, testDirectory } from '../testing/directory.ts';
import { echoFace, startPublicServer } from '../testing/public-server.ts';
import { authenticator } from './authenticate.ts';

async function start(
	directory: TestDirectory,
	options: {
		openLoopback?: boolean;
		certificatesMustChain?: boolean;
		tls?: ListenOptions['tls'];
		used?: (credential: Credential) => void;
	} = {},
) {
	const authenticate = authenticator({
		directory: directory.cache,
		openLoopback: options.openLoopback ?? false,
		certificatesMustChain: options.certificatesMustChain ?? false,
		used: options.used ?? (() => {}),
	});
	return startPublicServer(echoFace(), { authenticate, listening: options.tls ? { tls: options.tls } : {} });
}

async function withKey() {
	const directory = testDirectory();
	await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
	const made = await directory.operations.createApiKey({ label: 'ERP', issuers: ['AJ1'] });
	return { directory, ...made };
}

describe('API keys', () => {
	it('are taken from either header, and nothing else is', async () => {
		const { directory, key, credential } = await withKey();
		await using _ = directory;
		const seen: string[] = [];
		await using server = await start(directory, { used: (one) => seen.push(one.id) });
		const status = async (headers: Record<string, string>) => (await fetch(`${server.url}/echo`, { headers })).status;
		expect(await status({ 'X-API-Key': key })).toBe(200);
		expect(await status({ Authorization: `Bearer ${key}` })).toBe(200);
		expect(await status({ Authorization: `bearer ${key}`, 'X-API-Key': key })).toBe(200);
		expect(seen).toEqual([credential.id, credential.id, credential.id]);
		const wrong = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
		const refused: Record<string, string>[] = [
			{},
			{ 'X-API-Key': '' },
			{ 'X-API-Key': wrong },
			{ 'X-API-Key': `${key}x` },
			{ 'X-API-Key': key.replace(/^fef_[0-9a-f]{16}/, 'fef_0000000000000000') },
			{ 'X-API-Key': 'fef__' },
			{ Authorization: `Basic ${key}` },
			{ Authorization: key },
			{ Authorization: `Bearer ${wrong}`, 'X-API-Key': key },
		];
		for (const headers of refused) expect([headers, await status(headers)]).toEqual([headers, 401]);
		expect((await fetch(`${server.url}/echo`)).headers.get('www-authenticate')).toContain('Bearer');
		await directory.operations.revokeCredential(credential.id);
		expect(await status({ 'X-API-Key': key })).toBe(401);
	});

	it('a certificate is no key, even to who knows its fingerprint', async () => {
		const { directory } = await withKey();
		await using _ = directory;
		const { client } = await issueTestCertificates();
		const { id } = await directory.operations.registerCertificate({ label: 'x', issuers: ['AJ1'], pem: client.cert });
		await using server = await start(directory);
		const key = `fef_${id}_${'A'.repeat(43)}`;
		expect((await fetch(`${server.url}/echo`, { headers: { 'X-API-Key': key } })).status).toBe(401);
	});
});

describe('open loopback', () => {
	it('lets in who gives no key, and nobody who gives a wrong one', async () => {
		const { directory, key, credential } = await withKey();
		await using _ = directory;
		await using server = await start(directory, { openLoopback: true });
		const caller = async (headers: Record<string, string>) => {
			const answer = await fetch(`${server.url}/echo`, { headers });
			return answer.headers.get('x-caller') ?? answer.status;
		};
		expect(await caller({})).toBe('loopback');
		expect(await caller({ 'X-API-Key': key })).toBe(credential.id);
		expect(await caller({ 'X-API-Key': 'wrong' })).toBe(401);
		expect(await caller({ Authorization: 'Basic eDp5' })).toBe(401);
	});

	it('is for plain calls from the machine itself: not for pages of other sites, nor through proxies', async () => {
		const { directory, key, credential } = await withKey();
		await using _ = directory;
		await using server = await start(directory, { openLoopback: true });
		const caller = (headers: Record<string, string>) =>
			new Promise((resolve, reject) => {
				const sent = httpRequest(`${server.url}/echo`, { headers }, (answer) => {
					let text = '';
					answer.on('data', (part) => {
						text += String(part);
					});
					answer.on('end', () => resolve(answer.headers['x-caller'] ?? `${answer.statusCode} ${text}`));
				});
				sent.on('error', reject);
				sent.end();
			});
		expect(await caller({ host: 'localhost' })).toBe('loopback');
		expect(await caller({ host: 'rebound.example' })).toBe('401 refused: not-local');
		expect(await caller({ host: `127.0.0.1:${server.listener.port}`, origin: 'https://evil.example' })).toBe('401 refused: not-local');
		expect(await caller({ 'X-Forwarded-For': '192.0.2.1' })).toBe('401 refused: not-local');
		// A key is a key, by whatever way it comes.
		expect(await caller({ host: 'notum.example', 'X-Forwarded-For': '192.0.2.1', 'X-API-Key': key })).toBe(credential.id);
	});

	it('works by the names that clients use, each as they send it', async () => {
		const { directory } = await withKey();
		await using _ = directory;
		await using server = await start(directory, { openLoopback: true });
		for (const host of ['localhost', '127.0.0.1']) {
			const answer = await fetch(`http://${host}:${server.listener.port}/echo`, { method: 'POST', body: 'x' });
			expect([host, answer.headers.get('x-caller')]).toEqual([host, 'loopback']);
		}
	});
});

describe('client certificates', () => {
	const ask = (port: number, ca: string, client?: { cert: string; key: string }) =>
		new Promise<string | number>((resolve, reject) => {
			const request = httpsRequest({ host: '127.0.0.1', port, path: '/echo', ca, agent: false, ...client }, (response) => {
				response.resume();
				response.on('end', () => resolve((response.headers['x-caller'] as string | undefined) ?? response.statusCode ?? 0));
			});
			request.on('error', reject);
			request.end();
		});
	const tlsOf = (made: TestCertificates, ca?: string): ListenOptions['tls'] => ({
		cert: made.server.cert,
		key: made.server.key,
		...(ca === undefined ? {} : { ca }),
		requestCert: true,
		rejectUnauthorized: false,
	});

	it('say who calls, by their fingerprint', async () => {
		const { directory } = await withKey();
		await using _ = directory;
		const [made, other] = await Promise.all([issueTestCertificates(), issueTestCertificates()]);
		const { id } = await directory.operations.registerCertificate({ label: 'ERP', issuers: ['AJ1'], pem: made.client.cert });
		await using server = await start(directory, { tls: tlsOf(made) });
		const { port } = server.listener;
		expect(await ask(port, made.ca.cert, made.client)).toBe(id);
		expect(await ask(port, made.ca.cert, other.client)).toBe(401);
		expect(await ask(port, made.ca.cert)).toBe(401);
		await directory.operations.revokeCredential(id);
		expect(await ask(port, made.ca.cert, made.client)).toBe(401);
	});

	it('that are missing, unknown or revoked let nobody in as a caller of the machine', async () => {
		const { directory } = await withKey();
		await using _ = directory;
		const [made, other] = await Promise.all([issueTestCertificates(), issueTestCertificates()]);
		const { id } = await directory.operations.registerCertificate({ label: 'ERP', issuers: ['AJ1'], pem: made.client.cert });
		await using server = await start(directory, { openLoopback: true, tls: tlsOf(made) });
		const { port } = server.listener;
		expect(await ask(port, made.ca.cert, made.client)).toBe(id);
		await directory.operations.revokeCredential(id);
		for (const client of [made.client, other.client, undefined]) expect(await ask(port, made.ca.cert, client)).toBe(401);
	});

	it('are refused when out of date', async () => {
		const { directory } = await withKey();
		await using _ = directory;
		const [made, old] = await Promise.all([issueTestCertificates(), issueTestCertificates({ lifeMs: -3_600_000 })]);
		await directory.operations.registerCertificate({ label: 'ERP', issuers: ['AJ1'], pem: old.client.cert });
		await using server = await start(directory, { tls: tlsOf(made) });
		expect(await ask(server.listener.port, made.ca.cert, old.client)).toBe(401);
	});

	it('must come from the authority, where one is set', async () => {
		const { directory } = await withKey();
		await using _ = directory;
		const [made, other] = await Promise.all([issueTestCertificates(), issueTestCertificates()]);
		const { id } = await directory.operations.registerCertificate({ label: 'a', issuers: ['AJ1'], pem: made.client.cert });
		await directory.operations.registerCertificate({ label: 'b', issuers: ['AJ1'], pem: other.client.cert });
		await using server = await start(directory, { tls: tlsOf(made, made.ca.cert), certificatesMustChain: true });
		expect(await ask(server.listener.port, made.ca.cert, made.client)).toBe(id);
		expect(await ask(server.listener.port, made.ca.cert, other.client)).toBe(401);
	});
});
