import { DomainError, type FailureKind, failureKinds } from '@fefaent/kernel';
import { failures as callbackConcerns } from '../../services/callback/src/domain/failures.ts';
import { problemOf } from '../../services/gateway/src/admin/http/problem.ts';
import { type ErrorCode, errorCodes, wordFailure } from '../../services/gateway/src/faces/enotumlite/errors.ts';
import { failures as noticeFailures } from '../../services/notifier/src/domain/failures.ts';
import { catalogues, type FoundCatalogue, loners, ownerOf } from './catalogues.ts';
import { code, table } from './markdown.ts';
import { callbackFailures, enotumLiteCodes } from './vocabulary.ts';

/** Names of gRPC's status codes that kinds stand for. */
const grpcNames: Readonly<Record<FailureKind, string>> = {
	invalid: 'INVALID_ARGUMENT',
	notFound: 'NOT_FOUND',
	alreadyExists: 'ALREADY_EXISTS',
	denied: 'PERMISSION_DENIED',
	exhausted: 'RESOURCE_EXHAUSTED',
	precondition: 'FAILED_PRECONDITION',
	conflict: 'ABORTED',
	unimplemented: 'UNIMPLEMENTED',
	internal: 'INTERNAL',
	unavailable: 'UNAVAILABLE',
	unauthenticated: 'UNAUTHENTICATED',
	timedOut: 'DEADLINE_EXCEEDED',
};

/** Every error that callers and operators can meet. @param root of the checkout */
export async function errorsPage(root: string): Promise<string> {
	const listed = await catalogues(root);
	const known = new Set(listed.flatMap(({ errors }) => Object.keys(errors)));
	const found = [...listed, ...loners(root, known)];
	return [
		'## Kinds',
		table(
			['Kind', 'gRPC status', 'HTTP status', 'Asking again can help'],
			Object.entries(failureKinds).map(([kind, { grpcStatus, http, retryable }]) => [
				kind,
				`${grpcStatus} ${grpcNames[kind as FailureKind]}`,
				String(http),
				retryable ? 'yes' : 'no',
			]),
		),
		'## eNotumLite codes',
		table(
			['Code', 'When', 'Reasons of the services behind it'],
			errorCodes.map((one) => [code(one), enotumLiteCodes[one], reasonsOf(one, found).map(code).join(', ')]),
		),
		'Reasons that have no code of their own become `ERR_02`.',
		'## Reasons',
		...found.flatMap(section),
		'## Failures of notices',
		'What the log of an e-mail or SMS can say.',
		table(
			['Failure', 'Tried again', 'Meaning'],
			Object.entries(noticeFailures).map(([name, { permanent, description }]) => [code(name), permanent ? 'no' : 'yes', description]),
		),
		'## Failures of callbacks',
		'What the communication log can say, and who waits before the next attempt.',
		table(
			['Failure', 'Who waits', 'Meaning'],
			Object.entries(callbackFailures).map(([name, meaning]) => [
				code(name),
				concerns[callbackConcerns[name as keyof typeof callbackConcerns]],
				meaning,
			]),
		),
	].join('\n\n');
}

const concerns = {
	endpoint: 'all of the endpoint',
	message: 'this notification only',
	either: 'the endpoint; at the second time this notification only',
	final: 'nobody: it is given up',
} as const;

function section({ path, doc, errors }: FoundCatalogue): readonly string[] {
	const rows = Object.entries(errors).map(([reason, { kind, message }]) => {
		const { grpcStatus, retryable } = failureKinds[kind];
		// The admin API is where a reason meets HTTP; some say more there than their kind does.
		const { status } = problemOf(new DomainError(reason, kind, message));
		return [code(reason), kind, `${grpcStatus} ${grpcNames[kind]}`, String(status), retryable ? 'yes' : 'no', message];
	});
	const heading = `### ${ownerOf(path)}`;
	return [
		heading,
		...(doc === '' ? [] : [doc]),
		table(['Reason', 'Kind', 'gRPC status', 'HTTP status', 'Asking again can help', 'Message'], rows),
	];
}

/** Reasons that the face words with a code; asked of the face itself, for each kind of document that a failure may be about. */
function reasonsOf(wanted: ErrorCode, found: readonly FoundCatalogue[]): readonly string[] {
	const reasons = new Set(found.flatMap(({ errors }) => Object.keys(errors)));
	return [...reasons].filter((reason) =>
		['NIF', 'CIF'].some((scheme) => wordFailure({ reason, message: '', details: { scheme } }, {})?.code === wanted),
	);
}
