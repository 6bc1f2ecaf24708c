import { errorsOf } from '@fefaent/kernel';

/** What the callback service can refuse or fail at. */
export const callbackErrors = {
	INVALID_REQUEST: { kind: 'invalid', message: 'the request is not valid: {problem}' },
	ENDPOINT_INVALID: { kind: 'invalid', message: 'the endpoint is not valid: {field}: {problem}' },
	ENDPOINT_UNKNOWN: { kind: 'notFound', message: 'there is no endpoint {id}' },
	ENDPOINT_CONTENDED: { kind: 'conflict', message: 'the endpoint {id} was changed by another at the same time: ask again' },
	DELIVERY_UNKNOWN: { kind: 'notFound', message: 'there is no delivery {id}' },
	SECRETS_UNREADABLE: { kind: 'internal', message: 'the secrets of endpoint {id} cannot be opened with the keys at hand' },
	SECRETS_KEY_INVALID: { kind: 'internal', message: 'a secrets key is not 32 bytes in base64' },
} as const;

/** Raises one of {@link callbackErrors}. */
export const callbackError = errorsOf(callbackErrors);
