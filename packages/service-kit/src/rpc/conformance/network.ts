import { expect, it, onTestFinished } from 'vitest';
import type { Serve } from './kit.ts';
import { type Note, NoteServiceDefinition, note } from './service.ts';
import type { TransportFeatures } from './transport.ts';

/** Messages that are written out and read again. */
export function writtenCases(serve: Serve): void {
	it('copies messages', async () => {
		let kept: Note | undefined;
		const { client } = await serve({
			act: async (request) => {
				kept = request;
				return request;
			},
		});
		const sent = note({ text: 'as sent', bytes: Uint8Array.of(1) });
		const received = await client.act(sent);
		sent.bytes[0] = 9;
		received.text = 'changed';
		expect(kept).toMatchObject({ text: 'as sent', bytes: Uint8Array.of(1) });
	});

	it('answers INTERNAL to an answer that cannot be written', async () => {
		const { client, logger } = await serve({ act: async () => ({ ...note({}), count: Number.NaN }) });
		await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'INTERNAL' });
		expect(logger.written).toHaveLength(1);
	});
}

/** A server that others find, ask for its health, and that ends in order. */
export function serverCases(serve: Serve, server: NonNullable<TransportFeatures['server']>): void {
	it('tells the health of each service as readiness does', async () => {
		let ready = true;
		const { transport } = await serve({}, () => ready);
		for (const service of ['', NoteServiceDefinition.fullName]) expect(await server.health(transport, service)).toBe('SERVING');
		ready = false;
		await expect.poll(() => server.health(transport, NoteServiceDefinition.fullName), { timeout: 5_000 }).toBe('NOT_SERVING');
	});

	it('starts as not serving while not ready', async () => {
		const { transport } = await serve({}, () => false);
		expect(await server.health(transport, '')).toBe('NOT_SERVING');
	});

	it('lists its services by reflection', async () => {
		const { transport } = await serve({});
		expect(await server.reflected(transport)).toEqual([NoteServiceDefinition.fullName]);
	});

	it('finishes a running call before it stops, and takes no other', async () => {
		const begun = Promise.withResolvers<void>();
		const release = Promise.withResolvers<void>();
		onTestFinished(() => release.resolve());
		const { transport, client } = await serve({
			act: async (request) => {
				begun.resolve();
				await release.promise;
				return request;
			},
		});
		const running = client.act(note({ text: 'slow' }));
		await begun.promise;
		let drained = false;
		const drain = server.drain(transport).then(() => {
			drained = true;
		});
		await expect(client.echo(note({}), { deadlineMs: 2_000 })).rejects.toMatchObject({ reason: 'UNAVAILABLE', kind: 'unavailable' });
		expect(drained).toBe(false);
		release.resolve();
		await expect(running).resolves.toMatchObject({ text: 'slow' });
		await drain;
	});
}
