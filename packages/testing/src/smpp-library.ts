import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Server, Socket } from 'node:net';

/** A protocol data unit of the `smpp` package, which ships no types: what the server here uses of it. */
export interface Pdu {
	readonly command: string;
	readonly system_id?: string;
	readonly password?: string;
	readonly source_addr?: string;
	readonly destination_addr?: string;
	readonly data_coding?: number;
	readonly registered_delivery?: number;
	readonly short_message?: ShortMessage;
	readonly message_payload?: ShortMessage;
	response(fields?: Readonly<Record<string, unknown>>): Pdu;
}

/** A text that the library has decoded, bytes that it could not, or either with a user data header before it. */
export type ShortMessage = string | Buffer | { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };

/** One client's connection. */
export interface SmppSession extends EventEmitter {
	readonly socket: Socket;
	send(pdu: Pdu): boolean;
	deliver_sm(fields: Readonly<Record<string, unknown>>): boolean;
	close(): void;
}

/** The package's own exports that are used here. */
export interface SmppLibrary {
	createServer(options: object, listener: (session: SmppSession) => void): Server;
	readonly errors: Readonly<Record<string, number>>;
}

const require = createRequire(import.meta.url);

/** Loads the package; by `require` because an import would ask for types that it lacks. */
export function loadSmpp(): SmppLibrary {
	return require('smpp');
}
