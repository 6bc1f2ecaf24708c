// An installation with a signing key of its own and a time-stamping authority outside, and what its operator and its integrator do.
import { spawn } from 'node:child_process';
import { eventually, type TemporaryFolder, temporaryFolder } from '@fefaent/testing';
import { expect } from 'vitest';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { consultRequest, createRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';
import { type keyTypes, makeAuthorities, makeSigner } from './openssl.ts';
import { type OpensslTsa, startOpensslTsa } from './tsa.ts';

const password = 'contrasenya del fitxer';

/** What a program said and how it ended. */
export interface Ran {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
}

/** Keys and authorities in a folder, and the authority of time-stamps running. */
export class TrustWorld implements AsyncDisposable {
	readonly folder: TemporaryFolder;
	readonly tsa: OpensslTsa & AsyncDisposable;

	private constructor(folder: TemporaryFolder, tsa: OpensslTsa & AsyncDisposable) {
		this.folder = folder;
		this.tsa = tsa;
	}

	/** @param kinds for which `<kind>.p12` is made */
	static async start(kinds: readonly (keyof typeof keyTypes)[]): Promise<TrustWorld> {
		const folder = temporaryFolder();
		makeAuthorities(folder.path);
		for (const kind of kinds) makeSigner(folder.path, kind, password);
		return new TrustWorld(folder, await startOpensslTsa(folder.path));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.tsa[Symbol.asyncDispose]();
		await this.folder.remove();
	}

	/** The settings of keys and time-stamps. */
	env(kind: keyof typeof keyTypes): Record<string, string> {
		return {
			FEFAENT_EVIDENCE_SIGNER_P12: this.folder.join(`${kind}.p12`),
			FEFAENT_EVIDENCE_SIGNER_PASSWORD: password,
			FEFAENT_EVIDENCE_TSA_URL: this.tsa.url,
			FEFAENT_EVIDENCE_TSA_CA: this.folder.join('tsa-root.pem'),
		};
	}

	/** Starts an installation with a key, on the data folder of that name. */
	standalone(name: string, kind: keyof typeof keyTypes, env: Readonly<Record<string, string>> = {}): Promise<StandaloneProcess> {
		return startStandaloneProcess({ dataDir: this.folder.join(name), env: { ...this.env(kind), ...env } });
	}

	/** Waits for the deposit and fetches its evidence by the command, into a file. */
	async evidence(fefaent: StandaloneProcess, id: number): Promise<string> {
		await eventually(async () => expect(await stateOf(fefaent, id)).toBe('DIPOSITADA'), { timeoutMs: 20_000 });
		const file = this.folder.join(`deposit-${id}-${fefaent.child.pid}.xml`);
		expect(await command(fefaent, 'evidence', 'get', String(id), '--reason', 'deposit', '--out', file)).toMatchObject({ code: 0 });
		return file;
	}
}

/** Creates one notification over SOAP. */
export async function create({ publicUrl }: StandaloneProcess): Promise<number> {
	const soap = soapCaller(publicUrl);
	try {
		const [id = Number.NaN] = createdIds((await soap.call(createRequest([{}]))).body);
		expect(id).toBeGreaterThan(0);
		return id;
	} finally {
		soap.close();
	}
}

/** `Estat` of a notification. */
export async function stateOf({ publicUrl }: StandaloneProcess, id: number): Promise<string | undefined> {
	const soap = soapCaller(publicUrl);
	try {
		return texts((await soap.call(consultRequest([id]))).body, 'Estat')[0];
	} finally {
		soap.close();
	}
}

/** Runs `fefaent`. */
export function command({ adminUrl }: StandaloneProcess, ...args: readonly string[]): Promise<Ran> {
	const bin = new URL('../../services/standalone/bin/fefaent.mjs', import.meta.url).pathname;
	return collected(process.execPath, [bin, '--admin', adminUrl, ...args]);
}

/** Runs a program to its end. */
export function collected(program: string, args: readonly string[]): Promise<Ran> {
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	const said = { out: '', err: '' };
	child.stdout.on('data', (text) => {
		said.out += text;
	});
	child.stderr.on('data', (text) => {
		said.err += text;
	});
	return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, ...said })));
}
