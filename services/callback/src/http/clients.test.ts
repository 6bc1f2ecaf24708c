import { CallbackForm } from '@fefaent/contracts/callback';
import { startCallbackReceiver, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { type EndpointRecord, wellHealth } from '../domain/endpoint.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { endpoint } from '../testing/fixtures.ts';
import { networkOf } from './addresses.ts';
import { Channels } from './clients.ts';
import { systemResolve } from './resolve.ts';

const never = new AbortController().signal;
const message = { headers: {}, body: 'x', readAnswer: true };

async function world() {
	const folder = temporaryFolder();
	const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
	const receiver = await startCallbackReceiver({ respond: () => answered.then(() => ({ status: 200, body: 'taken' })) });
	const channels = new Channels(await openSecretsKeys({ file: folder.join('secrets.key') }), {
		reach: { networks: [networkOf('127.0.0.0/8')], allowHttp: true, ports: [] },
		resolve: systemResolve(1_000),
		connectTimeoutMs: 1_000,
		responseTimeoutMs: 30_000,
		answerMaxBytes: 1_000,
	});
	const given = endpoint({ url: receiver.url, form: CallbackForm.ENOTUMLITE, id: 'e', maxInFlight: 1 });
	const record = (generation: number): EndpointRecord => ({
		endpoint: given,
		revision: 1,
		generation,
		sealedSecrets: new Uint8Array(),
		health: wellHealth,
	});
	return {
		receiver,
		channels,
		answer,
		/** Sends a message, and gives the channel back when the answer is there. */
		send: async (generation = 1) => {
			const { channel, release } = await channels.borrow(record(generation));
			try {
				return await channel.client.post(message, { signal: never, endsAt: performance.now() + 60_000 });
			} finally {
				release();
			}
		},
		[Symbol.asyncDispose]: async () => {
			await channels.closeAll();
			await receiver.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

test('connections in use are not idle, however long the answer takes', async () => {
	await using w = await world();
	const sending = w.send();
	await w.receiver.waitFor(1);
	await w.channels.closeIdle(0);
	w.answer();
	expect(await sending).toMatchObject({ answer: { status: 200 } });
	expect(w.receiver.requests).toHaveLength(1);
});

test('idleness counts from the end of the last exchange', async () => {
	await using w = await world();
	w.answer();
	await w.send();
	await w.channels.closeIdle(60_000);
	await w.send();
	expect(w.receiver.connections).toBe(1);
	await w.channels.closeIdle(0);
	await w.send();
	expect(w.receiver.connections).toBe(2);
});

test('a changed endpoint gets new connections; an exchange over the old ones comes to its end', async () => {
	await using w = await world();
	const first = w.send(1);
	await w.receiver.waitFor(1);
	const second = w.send(2);
	await w.receiver.waitFor(2);
	w.answer();
	expect(await Promise.all([first, second])).toMatchObject([{ answer: { status: 200 } }, { answer: { status: 200 } }]);
	expect(w.receiver.connections).toBe(2);
});

test('the end of the service ends exchanges too, those over old connections included', async () => {
	await using w = await world();
	const exchanges = [w.send(1)];
	await w.receiver.waitFor(1);
	exchanges.push(w.send(2));
	await w.receiver.waitFor(2);
	await w.channels.closeAll();
	for (const exchange of await Promise.all(exchanges)) expect(exchange).toHaveProperty('failure');
});
