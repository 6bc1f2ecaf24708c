import type { Clock } from '@fefaent/kernel';
import type { ConfigSchema, HealthReport, Logger, SandboxControl } from '@fefaent/service-kit';
import type { Callbacks, Evidences, Lifecycle, Notifications, Notifier } from '../clients.ts';
import type { DirectoryOperations } from '../directory/operations.ts';
import type { AdminConfig } from './config.ts';

/** An event that its consumers gave up on. */
export interface DeadEvent {
	readonly id: string;
	readonly topic: string;
	readonly group: string;
	/** The notification's id. */
	readonly key: string;
	readonly type: string;
	/** Why the last try failed. */
	readonly reason: string;
	readonly attempts: number;
	/** When it happened, in the environment's time. */
	readonly at: Date;
	readonly diedAt: Date;
}

/** What the admin API asks of the event bus; the bus port of @fefaent/event-bus fits it. */
export interface DeadLetters {
	deadLetters(filter?: { readonly group?: string; readonly topic?: string; readonly limit?: number }): Promise<readonly DeadEvent[]>;
	/** @returns how many were put back */
	redrive(filter?: { readonly group?: string; readonly topic?: string; readonly ids?: readonly string[] }): Promise<number>;
	/** How far each group is behind. */
	lag(): Promise<readonly { readonly topic: string; readonly group: string; readonly pending: number; readonly dead: number }[]>;
}

/** The settings of one part of the process, to be shown. */
export interface SettingsPart {
	readonly part: string;
	readonly schema: ConfigSchema;
	/** What readConfig answered. */
	readonly values: object;
}

/** What the admin API works with. */
export interface AdminServiceDeps {
	readonly config: AdminConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly directory: DirectoryOperations;
	readonly notifications: Notifications;
	readonly lifecycle: Lifecycle;
	readonly evidences: Evidences;
	readonly notifier: Notifier;
	readonly callbacks: Callbacks;
	/** Undefined where the bus cannot be asked. */
	readonly deadLetters: DeadLetters | undefined;
	/** Undefined where time cannot be moved. */
	readonly sandbox: SandboxControl | undefined;
	/** Readiness of what runs in the same process. */
	readonly readiness: () => Promise<HealthReport>;
	readonly settings: readonly SettingsPart[];
	/** Base URL of the public faces, once they are up; absent where this process does not serve them. */
	readonly publicUrl?: () => string;
}
