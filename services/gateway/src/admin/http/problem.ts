import { randomUUID } from 'node:crypto';
import { DomainError, failureKinds } from '@fefaent/kernel';
import { z } from 'zod';
import { named } from '../openapi/names.ts';

/** One thing wrong with a request. */
const finding = z.object({
	in: z.enum(['path', 'query', 'header', 'body']),
	at: z.string().describe('JSON pointer (RFC 6901) of what is wrong; empty for the whole.'),
	message: z.string(),
});

/** RFC 9457 problem details. */
export const problemSchema = named(
	'Problem',
	z.object({
		type: z.string().describe('URN of the kind of problem: urn:fefaent:error:<reason>.'),
		title: z.string().describe('The reason in words.'),
		status: z.int().describe('The HTTP status.'),
		detail: z.string().describe('What happened, without personal data.'),
		reason: z.string().describe('Name of the failure, for programs: as in the error catalogue.'),
		instance: z.string().describe('URN of this occurrence, as it stands in the log of the process.'),
		errors: z.array(finding).optional().describe('Everything wrong with the request, where it is not as described.'),
	}),
);

/** A problem, to be sent as `application/problem+json`. */
export type Problem = z.output<typeof problemSchema>;
/** One thing wrong with a request. */
export type Finding = z.output<typeof finding>;

/** Reasons whose status says more than that of their kind. */
const statuses: Readonly<Record<string, number>> = {
	BODY_TOO_LARGE: 413,
	MEDIA_TYPE_UNSUPPORTED: 415,
	METHOD_NOT_ALLOWED: 405,
	PRECONDITION_FAILED: 412,
};

/** A request that does not fit its schemas. */
export class InvalidRequest extends DomainError {
	readonly findings: readonly Finding[];

	constructor(findings: readonly Finding[]) {
		super('REQUEST_INVALID', 'invalid', findings.map((one) => `${one.in}${one.at}: ${one.message}`).join('; '));
		this.findings = findings;
	}
}

/** The problem that tells a failure; what nobody foresaw is told without its detail. */
export function problemOf(error: unknown): Problem {
	const known = error instanceof DomainError ? error : new DomainError('INTERNAL', 'internal', 'internal error');
	const words = known.reason.toLowerCase().replaceAll('_', ' ');
	return {
		type: `urn:fefaent:error:${known.reason.toLowerCase().replaceAll('_', '-')}`,
		title: words.charAt(0).toUpperCase() + words.slice(1),
		status: statuses[known.reason] ?? failureKinds[known.kind].http,
		detail: known.message,
		reason: known.reason,
		instance: `urn:uuid:${randomUUID()}`,
		...(error instanceof InvalidRequest && { errors: [...error.findings] }),
	};
}
