import type { LogFields, Logger } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import type { Exchange } from '../../http/exchange.ts';
import { createEnotumLiteFace } from './face.ts';
import { soapNs } from './names.ts';
import type { EnotumLiteDeps } from './operations/deps.ts';

const noService = () => Promise.reject(new Error('this message reaches no service'));

/** Posts a body to a face on its own. @returns the answer's text, and what was logged as an error */
async function posted(body: () => Promise<Uint8Array>) {
	const errors: LogFields[] = [];
	const logger: Logger = {
		debug: () => {},
		info: () => {},
		warn: () => {},
		error: (fields: LogFields | string) => errors.push(typeof fields === 'string' ? {} : fields),
		child: () => logger,
	};
	const deps: EnotumLiteDeps = {
		directory: { issuer: noService, administrations: noService },
		notifications: { create: noService },
		lifecycle: { practise: noService, cancel: noService, view: noService },
		evidences: { get: noService },
		logger,
	};
	const exchange: Exchange = {
		method: 'POST',
		query: '',
		headers: { 'content-type': 'text/xml' },
		baseUrl: 'http://localhost',
		caller: async () => ({ kind: 'loopback' }),
		body,
	};
	const answer = await createEnotumLiteFace(deps).handle(exchange);
	return { status: answer.status, text: Buffer.from(answer.body).toString(), errors };
}

const message = (attribute: string) => async () =>
	Buffer.from(`<s:Envelope xmlns:s="${soapNs}"><s:Body><a ${attribute}/></s:Body></s:Envelope>`);

it.each(['xmlns="relative"', 'xmlns:p="relative"'])(
	'a namespace name without a canonical form (%s) is the client’s fault',
	async (attribute) => {
		const answer = await posted(message(attribute));
		expect(answer.status).toBe(500);
		expect(answer.text).toContain(':Client</faultcode>');
		expect(answer.text).toContain('(malformed)');
		expect(answer.errors).toEqual([]);
	},
);

it('a defect of our own while the message is read is our fault, and logged', async () => {
	const defect = new TypeError('a secret');
	// Reading the bytes fails as a defect of the reader would.
	const bytes = new Proxy(new Uint8Array(1), {
		get() {
			throw defect;
		},
	});
	const answer = await posted(async () => bytes);
	expect(answer.status).toBe(500);
	expect(answer.text).toContain(':Server</faultcode>');
	expect(answer.text).not.toContain('a secret');
	expect(answer.errors).toEqual([expect.objectContaining({ err: defect })]);
});
