import { adminError, type adminErrors } from '../errors.ts';

/** What express and its body reader refuse, by the names that they give. */
const refusals: Readonly<Record<string, keyof typeof adminErrors>> = {
	'charset.unsupported': 'MEDIA_TYPE_UNSUPPORTED',
	'encoding.unsupported': 'MEDIA_TYPE_UNSUPPORTED',
	'entity.too.large': 'BODY_TOO_LARGE',
	'entity.parse.failed': 'BODY_NOT_JSON',
	'request.aborted': 'BODY_NOT_JSON',
	'request.size.invalid': 'BODY_NOT_JSON',
};

/** Gives a failure of express's own its name in the catalogue; anything else passes as it is. */
export function refusalOf(error: unknown): unknown {
	// A path that is no right percent-encoding.
	if (error instanceof URIError) return adminError('ROUTE_UNKNOWN');
	const type: unknown = error instanceof Error ? Reflect.get(error, 'type') : undefined;
	const reason = typeof type === 'string' && Object.hasOwn(refusals, type) ? refusals[type] : undefined;
	return reason === undefined ? error : adminError(reason, {}, { cause: error });
}
