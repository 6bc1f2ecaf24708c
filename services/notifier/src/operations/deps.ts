import type { Clock } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import type { Evidences, Notifications } from '../clients.ts';
import type { NotifierStore } from '../store/port.ts';

/** What operations work with. */
export interface OperationDeps {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly store: NotifierStore;
	readonly notifications: Notifications;
	readonly evidences: Evidences;
	readonly rendering: RenderingSettings;
}

/** What rendering can be told. */
export interface RenderingSettings {
	readonly zone: string;
	readonly fold: boolean;
	readonly accessUrl: string | undefined;
}
