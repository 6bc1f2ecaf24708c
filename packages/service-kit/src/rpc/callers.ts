import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { RpcBinding } from './binding.ts';
import { failCall } from './errors.ts';
import { proves } from './tls/identity.ts';

/** Who may call a service, by name: all of its methods, or some. */
export type Callers = Readonly<Record<string, 'all' | readonly string[]>>;

/** Why a call was refused. */
export type Refusal = 'another service’s certificate' | 'not expected';

/** Says of each call whether it is refused. */
export type Admission = (call: ServerUnaryCall<unknown, unknown>, method: string, caller: string) => Refusal | undefined;

/**
 * The rule of a server. Over TLS the name that a caller gives must be that of its certificate; without, it is as told.
 * @param callers absent: whoever may connect
 * @throws TypeError for a method that no binding has
 */
export function admissionOf(bindings: readonly RpcBinding[], callers: Callers | undefined, tls: boolean): Admission {
	const known = new Set(bindings.flatMap(({ definition }) => Object.keys(definition.methods)));
	for (const methods of Object.values(callers ?? {})) {
		const unknown = methods === 'all' ? undefined : methods.find((method) => !known.has(method));
		if (unknown !== undefined) throw new TypeError(`no service here has a method ${unknown}`);
	}
	return (call, method, caller) => {
		if (tls && !proves(call, caller)) return 'another service’s certificate';
		if (callers === undefined) return undefined;
		const allowed = Object.hasOwn(callers, caller) ? callers[caller] : undefined;
		return allowed === 'all' || allowed?.includes(method) === true ? undefined : 'not expected';
	};
}

/** What a refused caller is told. */
export function refused(method: string) {
	return failCall('CALLER_REFUSED', { method });
}
