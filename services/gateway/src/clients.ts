import type { CallbackServiceDefinition } from '@fefaent/contracts/callback';
import type { Callable } from '@fefaent/contracts/callers';
import type { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import type { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import type { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import type { NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import type { RpcClient } from '@fefaent/service-kit';

/** What is asked of the notification service. */
export type Notifications = Pick<RpcClient<NotificationServiceDefinition>, Callable<'notification', 'gateway'>>;

/** What is asked of the state-engine. */
export type Lifecycle = Pick<RpcClient<LifecycleServiceDefinition>, Callable<'state-engine', 'gateway'>>;

/** What is asked of the evidence service. */
export type Evidences = Pick<RpcClient<EvidenceServiceDefinition>, Callable<'evidence', 'gateway'>>;

/** What is asked of the notifier. */
export type Notifier = Pick<RpcClient<NotifierServiceDefinition>, Callable<'notifier', 'gateway'>>;

/** What is asked of the callback service. */
export type Callbacks = Pick<RpcClient<CallbackServiceDefinition>, Callable<'callback', 'gateway'>>;
