import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { eventually, seededRandom, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { cancelRequest, consultRequest, createRequest, envelope, nif, practiseRequest } from '../support/requests.ts';
import { type Answer, createdIds, soapCaller } from '../support/soap.ts';
import { mutate } from './mutate.ts';

const count = Number(process.env.FEFAENT_FUZZ_COUNT ?? 50_000);
const seed = Number(process.env.FEFAENT_FUZZ_SEED ?? 20_261_122);

/** Why an answer is not one that the contract knows; undefined when it is. */
function stray({ status, headers, body }: Answer): string | undefined {
	const isXml = String(headers['content-type'] ?? '').startsWith('text/xml');
	const fault = /<(?:\w+:)?faultcode>([^<]*)</.exec(body)?.[1];
	if (status === 200) {
		if (!isXml || !/<(?:\w+:)?Resposta\w+/.test(body)) return 'a 200 without a contract answer';
		return body.includes('>ERR_02<') ? 'an internal failure' : undefined;
	}
	if (status === 500) return fault && /(^|:)(Client|VersionMismatch|MustUnderstand)$/.test(fault) ? undefined : `a 500 with fault ${fault}`;
	return [400, 408, 413, 415].includes(status) ? undefined : `status ${status}`;
}

/** Resident memory of a process in MB. */
function residentMb(pid: number): number {
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function seeds(fefaent: StandaloneProcess): Promise<readonly string[]> {
	const soap = soapCaller(fefaent.publicUrl);
	const ids = createdIds((await soap.call(createRequest([{}, {}, {}]))).body);
	soap.close();
	const legal =
		'<Destinatari><PersonaJuridica><BustiaCorreu>a@b.cat</BustiaCorreu><DocumentIdentificatiu><CIF>B61234561</CIF></DocumentIdentificatiu><RaoSocial>Obres SL</RaoSocial><PersonaVinculada><DocumentIdentificatiu><PASSAPORT>AB123456</PASSAPORT></DocumentIdentificatiu><Nom>Pau</Nom><PrimerCognom>Mas</PrimerCognom></PersonaVinculada></PersonaJuridica></Destinatari>';
	return [
		createRequest([{ issuerReference: 'A-1' }]),
		createRequest([{}, { recipients: legal }, { nif: nif(1) }]),
		createRequest([{}]).replace('<Emissor>DEMO</Emissor>', ''),
		consultRequest(ids),
		cancelRequest(ids),
		practiseRequest(ids.map((id) => ({ id, decision: 'ACCEPTAR' }))),
	].map(envelope);
}

test(`${count} mutated requests (seed ${seed}) get a contract error or a SOAP fault, no hang, no growth`, async (context) => {
	await using folder = await temporaryFolder();
	const fefaent = await startStandaloneProcess({ dataDir: folder.path });
	await using child = fefaent.child;
	const valid = await seeds(fefaent);
	const random = seededRandom(seed);
	const soap = soapCaller(fefaent.publicUrl, { connections: 8 });
	const strays: string[] = [];
	const statuses = new Map<number, number>();

	const run = async (from: number, to: number): Promise<void> => {
		let next = from;
		const worker = async (): Promise<void> => {
			while (next < to) {
				const index = next++;
				const mutant = mutate(random.pick(valid), random);
				const why = await soap.send(mutant.body, mutant.headers).then(
					(answer) => {
						statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
						return stray(answer);
					},
					// A connection that the server closes on a body it refuses is no answer: only a hang or a crash would be.
					(error: NodeJS.ErrnoException) => (error.code === 'EPIPE' || error.code === 'ECONNRESET' ? undefined : error.message),
				);
				if (why !== undefined) strays.push(`#${index} ${mutant.trail.join('+')}: ${why}`);
			}
		};
		await Promise.all(Array.from({ length: 8 }, worker));
	};

	// What caches and pools need is taken in the first part; from then on memory must stay.
	const warmUp = Math.floor(count / 4);
	await run(0, warmUp);
	const warm = residentMb(child.pid);
	await run(warmUp, count);
	context.annotate(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}`);
	expect(strays.slice(0, 20)).toEqual([]);
	// Mutants of every fate: taken or refused by the contract (200), and refused as no request at all (500, a fault).
	for (const status of [200, 500]) expect(statuses.get(status) ?? 0).toBeGreaterThan(count * 0.05);
	expect([...statuses.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(count * 0.95);
	await eventually(() => expect(residentMb(child.pid)).toBeLessThan(warm * 1.5 + 60), { timeoutMs: 30_000 });

	const after = await soap.call(createRequest([{}]));
	expect(createdIds(after.body)[0]).toBeGreaterThan(0);
	soap.close();
});

test('oversized and slow bodies are refused, and the service goes on', async () => {
	await using folder = await temporaryFolder();
	const fefaent = await startStandaloneProcess({
		dataDir: folder.path,
		env: { FEFAENT_GATEWAY_HEADERS_TIMEOUT: '1s', FEFAENT_GATEWAY_REQUEST_TIMEOUT: '2s' },
	});
	await using _child = fefaent.child;
	const url = new URL('/soap/enotum-lite', fefaent.publicUrl);

	const declared = await new Promise<number | undefined>((resolve, reject) => {
		const req = request(url, { method: 'POST', headers: { 'content-type': 'text/xml', 'content-length': 11 * 1024 * 1024 } }, (res) => {
			resolve(res.statusCode);
			req.destroy();
		});
		req.on('error', reject);
		req.write('<');
	});
	expect(declared).toBe(413);

	const streamed = await new Promise<string>((resolve) => {
		const socket = connect(Number(url.port), url.hostname);
		let heard = '';
		socket.on('data', (chunk) => {
			heard += chunk;
		});
		socket.on('close', () => resolve(heard));
		socket.on('error', () => {});
		socket.write(`POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n`);
		const mega = 'x'.repeat(1024 * 1024);
		for (let n = 0; n < 12; n++) socket.write(`100000\r\n${mega}\r\n`);
	});
	expect(streamed).toMatch(/^HTTP\/1\.1 413 /);

	const slow = await new Promise<string>((resolve) => {
		const socket = connect(Number(url.port), url.hostname);
		let heard = '';
		socket.on('data', (chunk) => {
			heard += chunk;
		});
		socket.on('error', () => {});
		socket.write(`POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: text/xml\r\ncontent-length: 1000\r\n\r\n`);
		const drip = setInterval(() => socket.write(' '), 200);
		socket.on('close', () => {
			clearInterval(drip);
			resolve(heard);
		});
	});
	expect(slow).toMatch(/^HTTP\/1\.1 408 /);

	const soap = soapCaller(fefaent.publicUrl);
	expect(createdIds((await soap.call(createRequest([{}]))).body)[0]).toBeGreaterThan(0);
	soap.close();
});
