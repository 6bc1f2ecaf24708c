import { once } from 'node:events';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { issueTestCertificates } from './certificates.ts';
import type { Pdu, SmppSession } from './smpp-library.ts';
import { startSmppServer } from './smpp-server.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Client extends SmppSession {
	bind_transceiver(fields: Fields, answered: (pdu: Answer) => void): boolean;
	submit_sm(fields: Fields, answered: (pdu: Answer) => void): boolean;
	enquire_link(fields: Fields, answered: (pdu: Answer) => void): boolean;
	unbind(fields: Fields, answered: (pdu: Answer) => void): boolean;
}

type Answer = Pdu & { readonly command_status: number; readonly message_id?: string };

const smpp: { connect(options: Fields): Client; readonly errors: Readonly<Record<string, number>> } = createRequire(import.meta.url)(
	'smpp',
);

async function connect(port: number): Promise<Client & AsyncDisposable> {
	const client = smpp.connect({ host: '127.0.0.1', port });
	client.on('error', () => {});
	await once(client, 'connect');
	return Object.assign(client, {
		[Symbol.asyncDispose]: async () => {
			client.socket.destroy();
		},
	});
}

const answered = (ask: (done: (pdu: Answer) => void) => boolean): Promise<Answer> => new Promise((resolve) => ask(resolve));
const bind = (client: Client, fields: Fields = {}) => answered((done) => client.bind_transceiver(fields, done));
const submit = (client: Client, fields: Fields) =>
	answered((done) => client.submit_sm({ source_addr: 'Fefaent', destination_addr: '34612345678', ...fields }, done));

describe('startSmppServer', () => {
	it('takes messages and answers their ids', async () => {
		await using server = await startSmppServer();
		await using client = await connect(server.port);
		expect((await bind(client)).command_status).toBe(0);
		const answers = [
			await submit(client, { short_message: 'Teniu un avis' }),
			await submit(client, { short_message: 'Notificació ŀ 🙂', data_coding: 8, registered_delivery: 1 }),
			await submit(client, { message_payload: 'A long one by another way' }),
		];
		const messages = await server.waitFor(3);
		expect(answers.map((answer) => answer.message_id)).toEqual(messages.map(({ messageId }) => messageId));
		expect(messages.map(({ text }) => text)).toEqual(['Teniu un avis', 'Notificació ŀ 🙂', 'A long one by another way']);
		expect(messages[0]).toMatchObject({ from: 'Fefaent', to: '34612345678', receiptAsked: false });
		expect(messages[1]).toMatchObject({ dataCoding: 8, receiptAsked: true });
		expect((await answered((done) => client.enquire_link({}, done))).command_status).toBe(0);
		expect((await answered((done) => client.unbind({}, done))).command_status).toBe(0);
	});

	it('tells the parts of a long message', async () => {
		await using server = await startSmppServer();
		await using client = await connect(server.port);
		await bind(client);
		for (const number of [1, 2]) {
			await submit(client, {
				esm_class: 0x40,
				short_message: { udh: Buffer.from([0x05, 0x00, 0x03, 0x2a, 2, number]), message: `part ${number}` },
			});
		}
		expect(server.messages.map(({ part, text }) => ({ ...part, text }))).toEqual([
			{ reference: 0x2a, number: 1, of: 2, text: 'part 1' },
			{ reference: 0x2a, number: 2, of: 2, text: 'part 2' },
		]);
	});

	it('refuses whom it does not know, and messages from whom is not bound', async () => {
		await using server = await startSmppServer({ systemId: 'fefaent', password: 'secret' });
		await using client = await connect(server.port);
		expect((await bind(client, { system_id: 'fefaent', password: 'wrong' })).command_status).toBe(smpp.errors.ESME_RBINDFAIL);
		expect((await submit(client, { short_message: 'x' })).command_status).toBe(smpp.errors.ESME_RINVBNDSTS);
		expect((await bind(client, { system_id: 'fefaent', password: 'secret' })).command_status).toBe(0);
		expect((await submit(client, { short_message: 'x' })).command_status).toBe(0);
		expect(server.messages).toHaveLength(1);
	});

	it('answers with an error, or cuts the connection after taking the message', async () => {
		await using server = await startSmppServer({ respond: () => ({ status: 'ESME_RTHROTTLED' }) });
		await using client = await connect(server.port);
		await bind(client);
		expect((await submit(client, { short_message: 'x' })).command_status).toBe(smpp.errors.ESME_RTHROTTLED);
		expect(server.messages).toHaveLength(0);
		server.respondWith(() => ({ dropConnection: true }));
		const closed = once(client, 'close');
		client.submit_sm({ destination_addr: '34612345678', short_message: 'x' }, () => {});
		await closed;
		expect(server.messages).toHaveLength(1);
	});

	it('speaks TLS', async () => {
		const { ca, server: pair } = await issueTestCertificates();
		await using server = await startSmppServer({ tls: pair });
		const client = smpp.connect({ host: 'localhost', port: server.port, tls: true, ca: ca.cert });
		await once(client, 'secureConnect');
		expect((await bind(client)).command_status).toBe(0);
		expect((await submit(client, { short_message: 'x' })).command_status).toBe(0);
		client.socket.destroy();
		const distrustful = smpp.connect({ host: 'localhost', port: server.port, tls: true });
		const [error] = (await once(distrustful, 'error')) as [{ readonly code: string }];
		expect(error.code).toMatch(/CERT|SIGNATURE/);
	});

	it('sends delivery receipts', async () => {
		await using server = await startSmppServer();
		await using client = await connect(server.port);
		await bind(client);
		await submit(client, { short_message: 'x', registered_delivery: 1 });
		const receipt = once(client, 'deliver_sm');
		const [message] = await server.waitFor(1);
		if (message) server.sendReceipt(message, 'DELIVRD');
		const [pdu] = (await receipt) as [Pdu];
		expect(JSON.stringify(pdu.short_message)).toContain(`id:${message?.messageId} `);
		expect(JSON.stringify(pdu.short_message)).toContain('stat:DELIVRD');
		client.send(pdu.response());
	});
});
