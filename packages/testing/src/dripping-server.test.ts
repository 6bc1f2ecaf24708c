import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startDrippingServer } from './dripping-server.ts';
import { eventually } from './eventually.ts';

it('answers until it has nothing to say, and then goes on for ever', async () => {
	await using server = await startDrippingServer({
		greeting: 'hello ',
		answer: (received) => (received === 'a' ? 'A ' : undefined),
		prelude: 'B ',
		drip: '.',
	});
	const client = connect(server.port, '127.0.0.1');
	let heard = '';
	client.on('data', (chunk) => {
		heard += chunk;
	});
	await eventually(() => heard === 'hello ');
	client.write('a');
	await eventually(() => heard === 'hello A ');
	client.write('b');
	await eventually(() => /^hello A B \.{5}/.test(heard));
	expect([server.connections, server.connected]).toEqual([1, 1]);
	const closed = once(client, 'close');
	await server.close();
	await closed;
	await eventually(() => server.connected === 0);
});
