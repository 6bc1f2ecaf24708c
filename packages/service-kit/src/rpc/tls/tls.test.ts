import { X509Certificate } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateAndKey, eventually, type TestAuthority, temporaryFolder, testAuthority } from '@fefaent/testing';
import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogFields, Logger } from '../../logs/logger.ts';
import { bind, type Handlers } from '../binding.ts';
import { type Note, NoteServiceDefinition, note } from '../conformance/service.ts';
import { type GrpcServerOptions, grpcClient, serveGrpc } from '../grpc.ts';
import { openTlsFolder } from './folder.ts';

const authority = await testAuthority();
const everyMs = 10;

/** Remembers what is logged. */
function recorder() {
	const lines: { fields: LogFields; message: string }[] = [];
	const write = (fields: LogFields | string, message?: string) =>
		void lines.push(typeof fields === 'string' ? { fields: {}, message: fields } : { fields, message: message ?? '' });
	const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
	return { lines, logger };
}

/** A folder as an operator fills it. */
function folderOf(
	{ ca }: Pick<TestAuthority, 'ca'>,
	own: CertificateAndKey,
	more = '',
): { readonly path: string; put(file: string, pem: string): void } {
	const root = temporaryFolder();
	onTestFinished(() => root.remove());
	const path = root.join('tls');
	mkdirSync(path);
	const put = (file: string, pem: string) => {
		writeFileSync(join(path, `.${file}`), pem);
		renameSync(join(path, `.${file}`), join(path, file));
	};
	put('ca.pem', `${ca.cert}\n${more}`);
	put('cert.pem', own.cert);
	put('key.pem', own.key);
	return { path, put };
}

async function opened(path: string, name: string, logger = recorder().logger) {
	const folder = await openTlsFolder({ path, name, everyMs, logger });
	onTestFinished(() => folder.close());
	return folder;
}

/** A notes service behind mutual TLS; `act` answers who calls. */
async function serve(options: Partial<GrpcServerOptions> = {}, own?: CertificateAndKey, name = 'notes', more = '') {
	const { lines, logger } = recorder();
	const echo = async (request: Note) => request;
	const calls: string[] = [];
	const handlers: Handlers<NoteServiceDefinition> = {
		echo,
		relay: echo,
		act: async (_, { caller }) => {
			calls.push(caller);
			return note({ text: caller });
		},
	};
	const files = folderOf(authority, own ?? (await authority.issue([name])), more);
	const folder = await opened(files.path, name);
	const server = await serveGrpc([bind(NoteServiceDefinition, handlers)], {
		host: '127.0.0.1',
		port: 0,
		logger,
		health: { readiness: async () => ({ ready: true, checks: [] }) },
		tls: folder,
		...options,
	});
	onTestFinished(() => server.stop());
	return { port: server.port, lines, calls, files, folder };
}

interface Caller {
	readonly caller?: string;
	readonly own?: CertificateAndKey;
	readonly from?: TestAuthority;
	/** Authorities that it accepts besides its own. */
	readonly more?: string;
	readonly waitForReady?: boolean;
}

async function callerOf(port: number, { caller = 'gateway', own, from = authority, more, waitForReady = false }: Caller = {}) {
	const files = folderOf(from, own ?? (await from.issue([caller])), more);
	const name = own === undefined ? caller : (new X509Certificate(own.cert).subject.slice(3) ?? caller);
	const folder = await opened(files.path, name);
	const client = grpcClient(NoteServiceDefinition, {
		address: `ipv4:127.0.0.1:${port}`,
		caller,
		tls: { folder, service: 'notes' },
		waitForReady,
	});
	onTestFinished(() => client.close());
	return { client, files, folder };
}

describe('who gets through', () => {
	it('a service under its own name, which its certificate proves', async () => {
		const { port } = await serve();
		const { client } = await callerOf(port);
		expect((await client.act(note({}))).text).toBe('gateway');
		expect((await client.act(note({}))).text).toBe('gateway');
	});

	it.each([
		['of another authority', async () => ({ from: await testAuthority(), more: authority.ca.cert })],
		['out of date', async () => ({ own: await authority.issue(['gateway'], { lifeMs: -3_600_000 }) })],
		['of a server only', async () => ({ own: await authority.issue(['gateway'], { usages: ['server'] }) })],
	] as const)('nobody with a certificate %s', async (_, caller) => {
		const { port, calls } = await serve();
		const { client } = await callerOf(port, await caller());
		await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
		expect(calls).toEqual([]);
	});

	it.each([
		[
			'TLS, but no certificate',
			() => credentials.createSsl(Buffer.from(authority.ca.cert), null, null, { checkServerIdentity: () => undefined }),
		],
		['no TLS', () => credentials.createInsecure()],
	])('nobody with %s', async (_, credentialsOf) => {
		const { port, calls } = await serve();
		const client = new Client(`127.0.0.1:${port}`, credentialsOf());
		onTestFinished(() => client.close());
		const same = (bytes: Buffer) => bytes;
		const code = await new Promise((resolve) =>
			client.makeUnaryRequest('/fefaent.conformance.v1.NoteService/Act', same, same, Buffer.alloc(0), (error) => resolve(error?.code)),
		);
		expect(code).toBe(14);
		expect(calls).toEqual([]);
	});

	it('no server but the service that is meant', async () => {
		const { port, calls } = await serve({}, undefined, 'evidence');
		const { client } = await callerOf(port);
		await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
		expect(calls).toEqual([]);
	});

	it('no server of another authority', async () => {
		const { port, calls } = await serve({}, undefined, 'notes', (await testAuthority()).ca.cert);
		const { client } = await callerOf(port, { from: await testAuthority() });
		await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
		expect(calls).toEqual([]);
	});
});

describe('who is answered', () => {
	const refusal = { reason: 'CALLER_REFUSED', kind: 'denied', message: 'NoteService/Act is not for this caller' };

	it('nobody under the name of another service, and it is logged without what was sent', async () => {
		const { port, calls, lines } = await serve({ callers: { gateway: 'all', notifier: 'all' } });
		const { client } = await callerOf(port, { caller: 'gateway', own: await authority.issue(['notifier']) });
		await expect(client.act(note({ text: 'Maria Puig' }))).rejects.toMatchObject(refusal);
		expect(calls).toEqual([]);
		const { fields } = lines.find(({ message }) => message === 'a call was refused') ?? {};
		expect(fields).toMatchObject({ method: 'NoteService/Act', caller: 'gateway', refusal: 'another service’s certificate' });
		expect(JSON.stringify(lines)).not.toContain('Maria');
	});

	it('nobody who is not expected', async () => {
		const { port, calls, lines } = await serve({ callers: { gateway: 'all' } });
		const { client } = await callerOf(port, { caller: 'callback' });
		await expect(client.act(note({}))).rejects.toMatchObject(refusal);
		expect(calls).toEqual([]);
		expect(lines.map(({ fields }) => fields)).toContainEqual(expect.objectContaining({ caller: 'callback', refusal: 'not expected' }));
	});

	it.each(['constructor', 'GATEWAY', 'gateway, notifier', '', '*'])('nobody who calls itself «%s»', async (caller) => {
		const { port, calls } = await serve({ callers: { gateway: 'all' } });
		const { client } = await callerOf(port, { caller, own: await authority.issue(['gateway']) });
		await expect(client.act(note({}))).rejects.toMatchObject(refusal);
		expect(calls).toEqual([]);
	});

	it('some for some methods only', async () => {
		const { port } = await serve({ callers: { gateway: 'all', notifier: ['echo'] } });
		const { client } = await callerOf(port, { caller: 'notifier' });
		expect((await client.echo(note({ text: 'hello' }))).text).toBe('hello');
		await expect(client.act(note({}))).rejects.toMatchObject(refusal);
	});

	it('by what they say they are, without TLS', async () => {
		const { port } = await serve({ callers: { gateway: 'all' }, tls: undefined });
		for (const caller of ['gateway', 'callback']) {
			const client = grpcClient(NoteServiceDefinition, { address: `127.0.0.1:${port}`, caller });
			onTestFinished(() => client.close());
			if (caller === 'gateway') expect((await client.act(note({}))).text).toBe('gateway');
			else await expect(client.act(note({}))).rejects.toMatchObject(refusal);
		}
	});

	it('for methods that there are', async () => {
		await expect(serve({ callers: { gateway: ['vanish'] } })).rejects.toThrow(/no service here has a method vanish/);
	});
});

describe('rotation', () => {
	it('of certificates and then of the authority fails no call', async () => {
		const next = await testAuthority();
		// Connections of a tenth of a second, so that there are always some that begin.
		const { port, files, folder } = await serve({ maxConnectionAgeMs: 100 });
		const callers = await Promise.all([callerOf(port), callerOf(port)]);
		let over = false;
		let answered = 0;
		const failures: unknown[] = [];
		const load = callers.flatMap(({ client }) =>
			Array.from({ length: 4 }, async () => {
				while (!over && failures.length === 0)
					await client.act(note({})).then(
						() => answered++,
						(error: unknown) => failures.push(error),
					);
			}),
		);
		const everybody = [{ files, folder, name: 'notes' }, ...callers.map((one) => ({ ...one, name: 'gateway' }))];
		const taken = (file: 'ca' | 'cert', pem: string, from: typeof everybody) =>
			eventually(() => from.every((one) => String(one.folder.material[file]) === pem));
		const replace = async (from: TestAuthority) => {
			for (const one of everybody) {
				const { cert, key } = await from.issue([one.name]);
				// One file after the other, as an operator copies them.
				one.files.put('key.pem', key);
				await new Promise((resolve) => setTimeout(resolve, 3 * everyMs));
				one.files.put('cert.pem', cert);
				await taken('cert', cert, [one]);
			}
		};
		const accept = async (ca: string) => {
			for (const { files } of everybody) files.put('ca.pem', ca);
			await taken('ca', ca, everybody);
		};
		await replace(authority);
		await accept(`${authority.ca.cert}\n${next.ca.cert}`);
		await replace(next);
		await accept(next.ca.cert);
		const before = answered;
		await eventually(() => answered > before + 200 || failures.length > 0);
		over = true;
		await Promise.all(load);
		expect(failures.map((one) => String((one as Error).cause))).toEqual([]);
		// Who has only what was there at first is not let in any more.
		const { client: late } = await callerOf(port, { more: next.ca.cert });
		await expect(late.act(note({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
	});

	it('to what does not go together changes nothing', async () => {
		const { lines, logger } = recorder();
		const own = await authority.issue(['gateway']);
		const files = folderOf(authority, own);
		const folder = await opened(files.path, 'gateway', logger);
		const other = await authority.issue(['gateway']);
		files.put('key.pem', other.key);
		await eventually(() => lines.some(({ fields }) => fields.why === 'key.pem is not the key of cert.pem'));
		files.put('cert.pem', 'nonsense');
		await eventually(() => lines.some(({ fields }) => fields.why === 'cert.pem cannot be read as PEM'));
		expect(String(folder.material.cert)).toBe(own.cert);
		files.put('cert.pem', other.cert);
		await eventually(() => String(folder.material.cert) === other.cert);
		expect(JSON.stringify(lines)).not.toContain('PRIVATE');
	});
});

describe('a folder that cannot be used', () => {
	it.each([
		['has no key', (files: ReturnType<typeof folderOf>) => renameSync(join(files.path, 'key.pem'), join(files.path, 'gone')), /key\.pem/],
		['has another’s certificate', async (files) => void files.put('cert.pem', (await authority.issue(['gateway'])).cert), /not the key/],
		['has no authority', (files) => files.put('ca.pem', ''), /ca\.pem cannot be read/],
		['is of another service', () => {}, /does not name evidence/],
	] as [string, (files: ReturnType<typeof folderOf>) => unknown, RegExp][])('is refused at the start: it %s', async (what, spoil, why) => {
		const files = folderOf(authority, await authority.issue(['gateway']));
		await spoil(files);
		const name = what === 'is of another service' ? 'evidence' : 'gateway';
		await expect(opened(files.path, name)).rejects.toMatchObject({ reason: 'TLS_FOLDER_UNUSABLE', message: expect.stringMatching(why) });
	});
});
