import { DomainError } from '@fefaent/kernel';
import { expect, it } from 'vitest';
import { inHalves } from '../batches.ts';
import { maxMessageBytes, type Serve } from './kit.ts';
import { note } from './service.ts';

const tooLarge = new Uint8Array(maxMessageBytes + 1);

/** Messages that are as large as may be, and larger. @param serialises whether messages are written, and so have a size */
export function sizeCases(serve: Serve, serialises: boolean): void {
	it('carries what is as large as a message may be', async () => {
		const { client } = await serve({});
		// Tags, the number and the lengths take eight bytes.
		const largest = maxMessageBytes - 8;
		expect((await client.echo(note({ bytes: new Uint8Array(largest) }))).bytes.byteLength).toBe(largest);
		const above = client.echo(note({ bytes: new Uint8Array(largest + 1) }));
		if (serialises) await expect(above).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
		else await above;
	});

	it('answers a batch that is too large in parts, in order', async () => {
		let calls = 0;
		// Asks for answers of so many kilobytes together: too many for one message, and the last item's for any.
		const { client } = await serve({
			act: async ({ bytes }) => {
				calls++;
				return note({ text: bytes.join(), bytes: new Uint8Array(bytes.reduce((sum, size) => sum + size * 1_000, 0)) });
			},
		});
		const sizes = [30, 10, 60, 50, 0, 20, 45, 120];
		const results = await inHalves(sizes, async (some) => {
			const { text } = await client.act(note({ bytes: Uint8Array.from(some) }));
			return text.split(',');
		});
		const answered = results.map((result) => (result instanceof DomainError ? result.reason : Number(result)));
		expect(answered).toEqual(serialises ? [30, 10, 60, 50, 0, 20, 45, 'MESSAGE_TOO_LARGE'] : sizes);
		expect(calls).toBe(serialises ? 11 : 1);
	});

	it('asks in parts only where a message is too large', async () => {
		let calls = 0;
		const { client } = await serve({
			act: async () => {
				calls++;
				throw new DomainError('NOTE_TORN', 'invalid', 'torn');
			},
		});
		await expect(inHalves([1, 2, 3], async () => [await client.act(note({}))])).rejects.toMatchObject({ reason: 'NOTE_TORN' });
		expect(calls).toBe(1);
	});

	if (!serialises) return;

	it('refuses a request that is too large, before the handler sees it', async () => {
		let calls = 0;
		const { client } = await serve({
			act: async (request) => {
				calls++;
				return request;
			},
		});
		await expect(client.act(note({ bytes: tooLarge }))).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE', kind: 'invalid' });
		expect(calls).toBe(0);
		await expect(client.echo(note({ text: 'still there' }))).resolves.toMatchObject({ text: 'still there' });
	});

	it('refuses an answer that is too large', async () => {
		const { client } = await serve({ act: async () => note({ bytes: tooLarge }) });
		await expect(client.act(note({}))).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE', kind: 'invalid' });
	});
}
