import { ErrorInfo, Status } from '@fefaent/contracts/rpc';
import { DomainError, failureKinds } from '@fefaent/kernel';
import { kindOfStatus } from './errors.ts';

/** The trailer in which gRPC carries a google.rpc.Status. */
export const statusTrailer = 'grpc-status-details-bin';

const domain = 'fefaent';
const errorInfoUrl = 'type.googleapis.com/google.rpc.ErrorInfo';

/** A failure as an encoded google.rpc.Status with one ErrorInfo: the shape that gRPC tools read. */
export function encodeFailure(failure: DomainError): Uint8Array {
	const info = ErrorInfo.encode({ reason: failure.reason, domain, metadata: { ...failure.details } }).finish();
	return Status.encode({
		code: failureKinds[failure.kind].grpcStatus,
		message: failure.message,
		details: [{ typeUrl: errorInfoUrl, value: info }],
	}).finish();
}

/**
 * The failure that {@link encodeFailure} wrote.
 * @returns undefined when `bytes` is no Status, or carries no ErrorInfo of ours: the failure is then the transport's own
 */
export function decodeFailure(bytes: Uint8Array): DomainError | undefined {
	try {
		const status = Status.decode(bytes);
		const info = status.details.find((one) => one.typeUrl === errorInfoUrl);
		if (info === undefined) return undefined;
		const { reason, domain: from, metadata } = ErrorInfo.decode(info.value);
		return from === domain ? new DomainError(reason, kindOfStatus(status.code), status.message, metadata) : undefined;
	} catch {
		// Not protobuf: another server's trailer. The status code still tells the kind.
		return undefined;
	}
}
