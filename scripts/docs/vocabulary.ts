// What the codes of the eNotumLite face and the failures of callbacks mean, for people. Typed by the code's own lists, so that none can be missing.
import type { FailureName } from '../../services/callback/src/domain/failures.ts';
import type { ErrorCode } from '../../services/gateway/src/faces/enotumlite/errors.ts';

/** When each code of eNotumLite is answered. */
export const enotumLiteCodes: Readonly<Record<ErrorCode, string>> = {
	ERR_01:
		'The request does not fit the schema: structure, datatype (a number, a date, base64), number of items; or the Body holds no request, two, or an unknown one.',
	ERR_02: 'Something of ours failed. The message holds a reference under which the log has the reason; the same request may be sent again.',
	NOT_01:
		'The issuer is unknown or disabled, or the caller may not act for it; or the request names none and the caller is not bound to exactly one.',
	NOT_02:
		'A text breaks a length, a pattern, an enumeration or a bound; or `IdNotificacioEmissor` belongs to a notification of other content. The message names the field.',
	NOT_03: 'A NIF or NIE is not written as one, or its control letter is wrong.',
	NOT_04: 'A CIF is not written as one, or its control character is wrong.',
	NOT_05: 'A telephone is neither E.164 nor a Spanish number.',
	NOT_06: 'The length of a digest is not that of its algorithm.',
	NOT_07: 'A natural person, bound ones too, has a blank NIF, or a blank or absurd passport.',
	NOT_08: 'A legal person has a blank CIF, or a VAT number or identifier that is blank, absurd or does not check.',
	NOT_09: 'One identity stands twice among the recipients and the persons bound to them.',
	NOT_10: 'A recipient is an administration that is notified through EACAT.',
	CON_01: 'There is no such notification, or it was purged.',
	CON_02: 'The notification belongs to another issuer.',
	PRC_01: 'The documents given name no recipient, or none was given and there are several recipients.',
	PRC_02: 'The notification is in no state in which it can be practised. The message names the state.',
	PRC_03: 'It was practised before with the opposite decision. The message names the state and the decision attempted.',
};

/** What each failure of a callback means. */
export const callbackFailures: Readonly<Record<FailureName, string>> = {
	ADDRESS_FORBIDDEN: 'The name resolves to an address, or the URL names a port, that callbacks may not go to.',
	NAME_UNRESOLVED: 'The host name has no address.',
	CONNECTION_REFUSED: 'The host refuses connections.',
	CONNECTION_TIMED_OUT: 'No connection could be made in time.',
	CONNECTION_LOST: 'The connection ended before a whole answer had come.',
	TLS_FAILED: 'The receiver’s certificate is not trusted, it does not trust ours, or there is no protocol in common.',
	RESPONSE_TIMED_OUT: 'No whole answer came in time.',
	REDIRECTED: '3xx: redirects are not followed.',
	CREDENTIALS_REFUSED: '401 or 407.',
	RECEIVER_BUSY: '429 or 503; `Retry-After` is honoured.',
	HTTP_CLIENT_ERROR: 'Any other 4xx.',
	HTTP_SERVER_ERROR: 'Any other 5xx.',
	ENDPOINT_GONE: '410 to the JSON form: the endpoint is disabled.',
	ANSWER_INVALID: 'The answer is no HTTP, no XML, not of the schema, or about another notification.',
	ANSWER_TOO_LARGE: 'The answer is larger than is read.',
	RECEIVER_ERROR: 'The answer is right and holds an `Error`.',
	RECEIVER_FAULT: 'The answer is a SOAP fault.',
	ENDPOINT_UNUSABLE: 'The secrets or certificates of the endpoint cannot be read.',
	EVIDENCE_MISSING: 'The evidence that the change names is not there yet.',
	NOTIFICATION_PURGED: 'The notification ended its life before it could be told.',
	ENDPOINT_DELETED: 'The endpoint was removed.',
	ENDPOINT_UNREACHABLE: 'It waited while the endpoint used up the whole schedule without being reached.',
};
