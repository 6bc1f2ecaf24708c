import { errorsOf } from '@fefaent/kernel';

/** What the admin API itself refuses; what the services refuse passes through under their own names. */
export const adminErrors = {
	REQUEST_INVALID: { kind: 'invalid', message: 'the request is not as the API describes it' },
	BODY_NOT_JSON: { kind: 'invalid', message: 'the body is no JSON' },
	BODY_TOO_LARGE: { kind: 'invalid', message: 'the body is too large' },
	MEDIA_TYPE_UNSUPPORTED: { kind: 'invalid', message: 'the body has to be application/json in UTF-8, not compressed' },
	METHOD_NOT_ALLOWED: { kind: 'invalid', message: 'this address takes other methods: see Allow' },
	ADMIN_TOKEN_WRONG: { kind: 'unauthenticated', message: 'a right admin token is needed: Authorization: Bearer' },
	ADMIN_HOST_REFUSED: { kind: 'denied', message: 'the admin API does not answer by this host name, nor to pages of other sites' },
	ROUTE_UNKNOWN: { kind: 'notFound', message: 'there is nothing at this address' },
	NOTIFICATION_UNKNOWN: { kind: 'notFound', message: 'no notification has the id {id}' },
	EVIDENCE_UNKNOWN: { kind: 'notFound', message: 'notification {id} has no evidence of this transition' },
	EVIDENCE_PURGED: { kind: 'notFound', message: 'the evidence was forgotten with its notification; its digest is {sha256}' },
	ENDPOINT_UNKNOWN: { kind: 'notFound', message: 'no endpoint has the id {id}' },
	PRECONDITION_FAILED: { kind: 'precondition', message: 'it was changed since: its entity-tag is now {etag}' },
	TEMPLATE_UNKNOWN: { kind: 'notFound', message: 'there is no such template to remove; built-in ones stay' },
	SANDBOX_OFF: { kind: 'precondition', message: 'time cannot be moved here: the sandbox is off' },
	CLOCK_OUT_OF_RANGE: { kind: 'invalid', message: 'time can be moved ten years ahead of the machine at most' },
	CLOCK_NOT_SETTLED: { kind: 'timedOut', message: 'time stands where asked, but work was still due after {seconds} s' },
	CLOCK_MOVE_CUT: {
		kind: 'timedOut',
		message: 'time was not moved all the way: {left} s of {asked} s are left, since moving took more than {seconds} s. Move it on by them',
	},
	BUS_ABSENT: { kind: 'precondition', message: 'the event bus of this installation is administered by its own tools' },
} as const;

/** Raises one of {@link adminErrors}. */
export const adminError = errorsOf(adminErrors);
