import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** A response of the `smpp` package, which ships no types: what is used of it. */
export interface SmppResponse {
	readonly command_status: number;
	readonly message_id?: string;
}

/** A request that the server makes of us. */
export interface SmppRequest {
	response(): SmppRequest;
}

type Fields = Readonly<Record<string, unknown>>;
type Answered = (response: SmppResponse) => void;

/** A connection; each command answers whether it could be written. */
export interface SmppSession extends EventEmitter {
	bind_transceiver(fields: Fields, answered: Answered): boolean;
	submit_sm(fields: Fields, answered: Answered): boolean;
	enquire_link(fields: Fields, answered: Answered): boolean;
	unbind(fields: Fields, answered: Answered): boolean;
	send(response: SmppRequest): boolean;
	destroy(): void;
}

/** The package's own exports that are used here. */
export interface SmppLibrary {
	connect(options: Fields, connected: () => void): SmppSession;
}

const require = createRequire(import.meta.url);

/** Loads the package, which takes time and memory that only those who use SMPP should pay. */
export function loadSmpp(): SmppLibrary {
	return require('smpp');
}
