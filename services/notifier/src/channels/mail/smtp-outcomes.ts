import { type AddressOutcome, failed } from '../../domain/outcome.ts';
import { sameMailbox } from './mailbox.ts';
import { type SmtpError, smtpFailure } from './smtp-failures.ts';

/** An address that the server refused. */
export type RejectedError = SmtpError & { readonly recipient?: string | undefined };

/** What nodemailer tells of a message that the server took for one mailbox at least. */
export interface Sent {
	readonly accepted: readonly (string | { readonly address?: string | undefined })[];
	readonly rejectedErrors?: readonly RejectedError[] | undefined;
	readonly response: string;
}

/** One outcome for each mailbox, in order. */
export function outcomesOf(to: readonly string[], { accepted, rejectedErrors = [], response }: Sent): readonly AddressOutcome[] {
	return to.map((mailbox): AddressOutcome => {
		const error = rejectedErrors.find(({ recipient = '' }) => sameMailbox(recipient, mailbox));
		if (error !== undefined) return failed(smtpFailure(error));
		const taken = accepted.some((one) => sameMailbox(typeof one === 'string' ? one : (one.address ?? ''), mailbox));
		return taken ? { kind: 'accepted', reference: queueId(response) } : failed('UNKNOWN');
	});
}

/** One outcome for each mailbox of a message that the server took for none, or that never reached it. */
export function outcomesOfFailure(to: readonly string[], error: unknown): readonly AddressOutcome[] {
	const thrown = (error instanceof Error ? error : {}) as SmtpError & { readonly rejectedErrors?: readonly RejectedError[] };
	const { rejectedErrors = [] } = thrown;
	if (rejectedErrors.length > 0) return outcomesOf(to, { accepted: [], rejectedErrors, response: '' });
	return to.map(() => failed(smtpFailure(thrown)));
}

/** The name that the server's queue gave the message, where its reply tells one: `250 2.0.0 Ok: queued as 4F2A1`. */
function queueId(response: string): string {
	return /queued as ([\w.-]{1,100})/i.exec(response)?.[1] ?? '';
}
