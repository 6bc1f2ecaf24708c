import { CallbackServiceDefinition } from '@fefaent/contracts/callback';
import { EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import { NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import {
	inProcessClient,
	type RpcBinding,
	type RpcClient,
	type Service,
	type ServiceDefinition,
	type ServiceGroup,
} from '@fefaent/service-kit';

/** A client of every contract. */
export interface Clients {
	readonly notifications: RpcClient<NotificationServiceDefinition>;
	readonly lifecycle: RpcClient<LifecycleServiceDefinition>;
	readonly evidences: RpcClient<EvidenceServiceDefinition>;
	readonly notifier: RpcClient<NotifierServiceDefinition>;
	readonly callbacks: RpcClient<CallbackServiceDefinition>;
}

/** How in-process calls are made. */
export interface ClientOptions {
	/** Encode and decode every message, as a network would: for suites that prove nothing is shared by reference. */
	readonly serialise?: boolean;
}

/**
 * Makes what `caller` calls the others by. Services are looked up at the first call, since each is made with clients of the others.
 * @param services every service of the process
 */
export function clientsFor(caller: string, services: ServiceGroup, options: ClientOptions = {}): Clients {
	const client = <D extends ServiceDefinition>(definition: D): RpcClient<D> =>
		inProcessClient(() => bindingOf(definition, services.all), {
			caller,
			...(options.serialise !== undefined && { serialise: options.serialise }),
		});
	return {
		notifications: client(NotificationServiceDefinition),
		lifecycle: client(LifecycleServiceDefinition),
		evidences: client(EvidenceServiceDefinition),
		notifier: client(NotifierServiceDefinition),
		callbacks: client(CallbackServiceDefinition),
	};
}

function bindingOf<D extends ServiceDefinition>(definition: D, services: readonly Service[]): RpcBinding<D> {
	const found = services.flatMap((service) => service.rpc).find((binding) => binding.definition.fullName === definition.fullName);
	if (found === undefined) throw new Error(`no service of this process serves ${definition.fullName}`);
	// Full names are unique, so it is this very definition's binding.
	return found as unknown as RpcBinding<D>;
}
