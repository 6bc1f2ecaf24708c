import type { ServiceName } from '@fefaent/contracts/callers';
import type { KafkaBus } from '@fefaent/event-bus/kafka';
import type { Clock } from '@fefaent/kernel';
import type { Config, ConfigSchema, Logger, SandboxControl, Service } from '@fefaent/service-kit';
import type { RemoteClients } from './clients.ts';
import type { ProcessConfig } from './config.ts';

/** What a service is made with when it has a process of its own. */
export interface ProcessContext<S extends ConfigSchema> {
	readonly config: Config<S>;
	readonly process: ProcessConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** This replica, as no other of its service calls itself. */
	readonly ownerId: string;
	/** The service's own database. */
	readonly mongo: { readonly url: string; readonly database: string };
	readonly bus: KafkaBus;
	readonly clients: RemoteClients;
	/** Undefined where time cannot be moved. */
	readonly sandbox: SandboxControl | undefined;
	/** Told of what goes wrong behind a caller's back, and where. */
	readonly onError: (error: unknown, where: string) => void;
}

/** A service, made. */
export interface MadeService {
	/** In the order in which they start. */
	readonly services: readonly Service[];
	/** Brings the store's schema up to date; tried until it works. */
	readonly prepare: () => Promise<void>;
	/** What it needs besides MongoDB and Kafka, by name; each is tried until it works. */
	readonly further?: readonly { readonly what: string; readonly prepare: () => Promise<void> }[];
	/** Lets go of what it was made with besides, once its services have stopped. */
	readonly close?: () => void;
	/** What to tell whoever reads the first lines of the log. */
	readonly addresses?: () => Readonly<Record<string, string>>;
}

/** A service's process. */
export interface ServiceProcess<S extends ConfigSchema> {
	readonly name: ServiceName;
	readonly config: S;
	readonly make: (context: ProcessContext<S>) => MadeService | Promise<MadeService>;
}
