import type { Callable } from '@fefaent/contracts/callers';
import type { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import type { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import type { RpcClient } from '@fefaent/service-kit';

/** What is asked of the notification service. */
export type Notifications = Pick<RpcClient<NotificationServiceDefinition>, Callable<'notification', 'notifier'>>;

/** What is asked of the evidence service. */
export type Evidences = Pick<RpcClient<EvidenceServiceDefinition>, Callable<'evidence', 'notifier'>>;
