import { DomainError, type FailureKind } from '@fefaent/kernel';

/** Kinds that say of themselves that something is away or overloaded. A conflict is about what the message touches: it counts. */
const passingKinds: ReadonlySet<FailureKind> = new Set<FailureKind>(['unavailable', 'timedOut', 'exhausted']);

/** A store that was reached and refused the write: that may be because of what the message says. */
const doubtful: ReadonlySet<string> = new Set(['STORE_WRITE_FAILED']);

/** What the system says of a network, or of a peer that is away. */
const networkCodes: ReadonlySet<unknown> = new Set([
	'ECONNREFUSED',
	'ECONNRESET',
	'ECONNABORTED',
	'EPIPE',
	'ETIMEDOUT',
	'EHOSTUNREACH',
	'EHOSTDOWN',
	'ENETUNREACH',
	'ENETDOWN',
	'ENOTFOUND',
	'EAI_AGAIN',
]);

/** Longest chain of causes that is looked at. */
const maxCauses = 5;

/**
 * Whether a handler failed for a reason that passes without the message being changed: a service or store that is away, a network that drops. A failure with a
 * name (DomainError) is judged by that alone.
 */
export function isPassing(error: unknown): boolean {
	let one = error;
	for (let depth = 0; one instanceof Error && depth <= maxCauses; depth++) {
		if (one instanceof DomainError) return passingKinds.has(one.kind) && !doubtful.has(one.reason);
		if (networkCodes.has(codeOf(one))) return true;
		one = one.cause;
	}
	return false;
}

/**
 * Why a handler failed, as it is kept with a dead letter: texts of foreign errors may quote a document or a recipient, so of them there is the class and the
 * code. The whole is in the log of whoever handled it.
 */
export function reasonOf(error: unknown): string {
	if (error instanceof DomainError) return `${error.reason}: ${error.message}`;
	if (!(error instanceof Error)) return 'something was thrown that is no error';
	const code = codeOf(error);
	return typeof code === 'string' || typeof code === 'number' ? `${error.name} ${code}` : error.name;
}

function codeOf(error: Error): unknown {
	return Reflect.get(error, 'code');
}
