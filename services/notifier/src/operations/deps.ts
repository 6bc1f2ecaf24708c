import type { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import type { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import type { Clock } from '@fefaent/kernel';
import type { Logger, RpcClient } from '@fefaent/service-kit';
import type { NotifierStore } from '../store/port.ts';

/** What operations work with. */
export interface OperationDeps {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly store: NotifierStore;
	readonly notifications: RpcClient<NotificationServiceDefinition>;
	readonly evidences: RpcClient<EvidenceServiceDefinition>;
	readonly rendering: RenderingSettings;
}

/** What rendering can be told. */
export interface RenderingSettings {
	readonly zone: string;
	readonly fold: boolean;
	readonly accessUrl: string | undefined;
}
