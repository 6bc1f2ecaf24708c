import type { LogFields, Logger } from '../../logs/logger.ts';
import type { RpcBinding, RpcClient } from '../binding.ts';
import type { NoteServiceDefinition } from './service.ts';

/** What the suite asks a transport to carry. */
export interface TransportRequest {
	readonly binding: RpcBinding<NoteServiceDefinition>;
	/** Readiness of the service: false from the moment that the test says so. */
	readonly ready: () => boolean;
	readonly descriptorSet: Uint8Array;
	/** Largest message in bytes. */
	readonly maxMessageBytes: number;
	readonly logger: Logger;
}

/** A transport under test. */
export interface OpenTransport {
	client(caller: string): RpcClient<NoteServiceDefinition>;
	/** Frees everything; called after `drain` too. */
	close(): Promise<void>;
}

/** What only some transports can do. */
export interface TransportFeatures {
	/** Neither side sees what the other does to a message afterwards, and messages have a largest size. */
	readonly serialises?: boolean;
	/** Has a server of its own. */
	readonly server?: {
		/** The standard health state of a service. */
		health(transport: OpenTransport, service: string): Promise<string>;
		/** The services that reflection lists. */
		reflected(transport: OpenTransport): Promise<readonly string[]>;
		/** Stops the server. */
		drain(transport: OpenTransport): Promise<void>;
	};
}

/** Remembers the lines logged. */
export class Lines implements Logger {
	readonly written: { fields: LogFields; message: string }[] = [];
	readonly debug = () => {};
	readonly info = () => {};
	readonly warn = () => {};
	readonly error = (fields: LogFields | string, message?: string) => {
		this.written.push(typeof fields === 'string' ? { fields: {}, message: fields } : { fields, message: message ?? '' });
	};
	child(): Logger {
		return this;
	}
}
