import { acceptCallback, startCallbackReceiver } from '@fefaent/testing';
import { Pool } from 'undici';
import type { AdminCall } from '../test/support/process.ts';
import { createRequest, envelope, nif, practiseRequest } from '../test/support/requests.ts';
import { createdIds, texts } from '../test/support/soap.ts';

const inFlight = 200;
const path = '/soap/enotum-lite';
const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
let run = 0;

/** Where lives are played. */
export interface Target {
	readonly publicUrl: string;
	readonly admin: AdminCall;
}

/**
 * Plays whole lives driven by the callbacks: each is created, accepted when its deposit is told, and over when its acceptance is told.
 * @returns seconds from the first create to the last callback
 */
export async function fullLives(fefaent: Target, count: number): Promise<number> {
	// An issuer of its own: what is still told of other work goes elsewhere.
	const issuer = `LIVES-${++run}`;
	await fefaent.admin('POST', '/admin/v1/issuers', { code: issuer, name: issuer });
	const receiver = await startCallbackReceiver({ respond: acceptCallback });
	const pool = new Pool(fefaent.publicUrl, { connections: 32 });
	const { id: endpointId } = await fefaent.admin<{ id: string }>('POST', '/admin/v1/endpoints', {
		issuerCode: issuer,
		url: receiver.url,
		form: 'enotumlite',
		maxInFlight: 16,
	});
	const post = async (body: string) => {
		const answer = await pool.request({ path, method: 'POST', headers, body });
		const text = await answer.body.text();
		if (answer.statusCode !== 200 || text.includes('CodiError')) throw new Error(`${answer.statusCode}: ${text.slice(0, 300)}`);
		return text;
	};
	const done = Promise.withResolvers<void>();
	const mine = new Set<number>();
	const over = new Set<number>();
	let created = 0;
	const create = async () => {
		const n = created++;
		if (n < count)
			mine.add(createdIds(await post(envelope(createRequest([{ issuerReference: `l-${run}-${n}`, nif: nif(n) }], issuer))))[0] as number);
	};
	receiver.onRequest(({ body }) => {
		const text = body.toString('utf8');
		const id = Number(texts(text, 'IdNotificacio')[0]);
		const [state] = texts(text, 'Estat');
		if (state === 'DIPOSITADA') post(envelope(practiseRequest([{ id, decision: 'ACCEPTAR' }], issuer))).catch(done.reject);
		if (state !== 'ACCEPTADA' || over.has(id)) return;
		over.add(id);
		if (over.size === count) done.resolve();
		else create().catch(done.reject);
	});
	const from = performance.now();
	await Promise.all(Array.from({ length: Math.min(inFlight, count) }, create));
	await done.promise;
	const seconds = (performance.now() - from) / 1_000;
	if ([...over].some((id) => !mine.has(id))) throw new Error('a life ended that this run did not begin');
	await fefaent.admin('DELETE', `/admin/v1/endpoints/${endpointId}`);
	await pool.close();
	await receiver.close();
	return seconds;
}
