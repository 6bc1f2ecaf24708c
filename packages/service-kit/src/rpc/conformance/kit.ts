import { afterEach } from 'vitest';
import { bind, type Handlers, type RpcClient } from '../binding.ts';
import { type Note, NoteServiceDefinition, noteDescriptorSet } from './service.ts';
import { Lines, type OpenTransport, type TransportRequest } from './transport.ts';

/** Largest message that transports under test carry, in bytes. */
export const maxMessageBytes = 100_000;

/** A service that is served for one test, and a client of it. */
export interface Served {
	readonly transport: OpenTransport;
	readonly client: RpcClient<NoteServiceDefinition>;
	readonly logger: Lines;
}

/** Serves notes for the length of a test; what is not handled is echoed. */
export type Serve = (handlers: Partial<Handlers<NoteServiceDefinition>>, ready?: () => boolean) => Promise<Served>;

/** What a group of cases is of. Call it inside a `describe`. @param open starts the transport for one test */
export function serveOn(open: (request: TransportRequest) => Promise<OpenTransport>): Serve {
	const opened: OpenTransport[] = [];
	afterEach(async () => {
		for (const one of opened.splice(0).reverse()) await one.close();
	});
	return async (handlers, ready = () => true) => {
		const logger = new Lines();
		const echo = async (request: Note) => request;
		const binding = bind(NoteServiceDefinition, { echo, act: echo, relay: echo, ...handlers }, { logger });
		const transport = await open({ binding, ready, descriptorSet: noteDescriptorSet(), maxMessageBytes, logger });
		opened.push(transport);
		return { transport, client: transport.client('tester'), logger };
	};
}
