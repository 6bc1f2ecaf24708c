import { CallbackServiceDefinition } from '@fefaent/contracts/callback';
import { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import { NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import { type GrpcClient, grpcClient, type ServiceDefinition, type TlsFolder } from '@fefaent/service-kit';
import type { ProcessConfig } from './config.ts';

/** A client of every contract; each connects at its first call. */
export interface RemoteClients {
	readonly notifications: GrpcClient<NotificationServiceDefinition>;
	readonly lifecycle: GrpcClient<LifecycleServiceDefinition>;
	readonly evidences: GrpcClient<EvidenceServiceDefinition>;
	readonly notifier: GrpcClient<NotifierServiceDefinition>;
	readonly callbacks: GrpcClient<CallbackServiceDefinition>;
}

/** Makes what `caller` calls the other services by. A call waits for a service that is being started again, up to its deadline. */
export function remoteClients(caller: string, config: ProcessConfig, folder: TlsFolder | undefined): RemoteClients {
	const client = <D extends ServiceDefinition>(definition: D, service: string, address: string) =>
		grpcClient(definition, { address, caller, tls: folder && { folder, service }, waitForReady: true });
	return {
		notifications: client(NotificationServiceDefinition, 'notification', config.FEFAENT_NOTIFICATION_ADDRESS),
		lifecycle: client(LifecycleServiceDefinition, 'state-engine', config.FEFAENT_STATE_ENGINE_ADDRESS),
		evidences: client(EvidenceServiceDefinition, 'evidence', config.FEFAENT_EVIDENCE_ADDRESS),
		notifier: client(NotifierServiceDefinition, 'notifier', config.FEFAENT_NOTIFIER_ADDRESS),
		callbacks: client(CallbackServiceDefinition, 'callback', config.FEFAENT_CALLBACK_ADDRESS),
	};
}
