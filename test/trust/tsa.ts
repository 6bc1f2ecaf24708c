// A time-stamping authority over HTTP whose answers are OpenSSL's.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HttpRecorder, startHttpRecorder } from '@fefaent/testing';

/** What the authority does wrong. */
export type Fault = 'garbage' | 'other nonce' | 'other imprint' | 'expired certificate';

/** A running authority. */
export interface OpensslTsa {
	readonly url: string;
	/** From now on it answers with this fault; well without one. */
	fail(fault?: Fault): void;
	/** Nobody listens any more, until {@link up}. */
	down(): Promise<void>;
	up(): Promise<void>;
}

const run = promisify(execFile);

/** Starts one in a folder that `makeAuthorities` has filled. */
export async function startOpensslTsa(folder: string): Promise<OpensslTsa & AsyncDisposable> {
	for (const name of ['tsa', 'tsa-expired']) await writeFile(join(folder, `${name}.cnf`), settings(name));
	await writeFile(join(folder, 'tsa-serial'), '01\n');
	let fault: Fault | undefined;
	let turn: Promise<unknown> = Promise.resolve();
	let next = 1;
	const reply = async (query: Buffer): Promise<Buffer> => {
		const name = fault === 'expired certificate' ? 'tsa-expired' : 'tsa';
		const file = `reply-${next++}`;
		await writeFile(join(folder, `${file}.tsq`), altered(query, fault));
		await run('openssl', ['ts', '-reply', '-config', `${name}.cnf`, '-queryfile', `${file}.tsq`, '-out', `${file}.tsr`], { cwd: folder });
		return readFile(join(folder, `${file}.tsr`));
	};
	const start = (port: number): Promise<HttpRecorder> =>
		startHttpRecorder({
			port,
			respond: async ({ body }) => {
				// One after the other: they share a file of serial numbers.
				const answer = turn.then(() => (fault === 'garbage' ? Buffer.from('<html>Service unavailable</html>') : reply(body)));
				turn = answer.catch(() => {});
				return { headers: { 'content-type': 'application/timestamp-reply' }, body: await answer };
			},
		});
	let server = await start(0);
	const { port } = server;
	return {
		url: `http://127.0.0.1:${port}/tsa`,
		fail: (wrong) => {
			fault = wrong;
		},
		down: () => server.close(),
		up: async () => {
			server = await start(port);
		},
		[Symbol.asyncDispose]: async () => {
			await server.close();
			await turn;
		},
	};
}

const settings = (name: string): string => `[tsa]
default_tsa = authority
[authority]
serial = tsa-serial
signer_cert = ${name}.pem
signer_key = ${name}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`;

/** The query with one byte of its digest or of its nonce changed. */
function altered(query: Buffer, fault: Fault | undefined): Buffer {
	const copy = Buffer.from(query);
	// OCTET STRING of 32 bytes: the digest. The nonce is the integer before the end: certReq, BOOLEAN true, 01 01 ff.
	const digestAt = copy.indexOf(Buffer.of(0x04, 0x20)) + 2;
	const nonceEnd = copy.lastIndexOf(Buffer.of(0x01, 0x01, 0xff)) - 1;
	const at = fault === 'other imprint' ? digestAt : nonceEnd;
	if (fault === 'other imprint' || fault === 'other nonce') copy[at] = (copy[at] ?? 0) ^ 1;
	return copy;
}
