import { type AddressOutcome, failed, postponed } from '../../domain/outcome.ts';
import { type MailboxForm, mailboxForm } from './mailbox.ts';
import { messageOf } from './message.ts';
import type { MailSender, OutgoingMail } from './port.ts';
import { sendInternational } from './smtp-international.ts';
import { connectionOptions, credentialsOf, type SmtpOptions } from './smtp-options.ts';
import { outcomesOf, outcomesOfFailure } from './smtp-outcomes.ts';
import { Turns } from './turns.ts';

/** What of nodemailer is used. */
type Transport = Awaited<ReturnType<typeof openPool>>;

/**
 * Hands e-mails to an SMTP server over a pool of connections, opened with the first e-mail. Mailboxes that ask for SMTPUTF8 get a message of their own:
 * one that names them could not be passed on to a server of the others that does not know it.
 */
export class SmtpMailSender implements MailSender {
	readonly name = 'smtp';
	readonly concurrency: number;
	readonly #options: SmtpOptions;
	#pool: Promise<Transport> | undefined;
	/** E-mails wait here and not in the pool, which does not tell one that waits from one that is under way. */
	readonly #plain: Turns;
	/** International e-mails go one by one, over one connection more than the pool's. */
	readonly #international = new Turns(1);

	constructor(options: SmtpOptions) {
		this.#options = options;
		this.#plain = new Turns(options.connections);
		// Some wait for their turn, so that no connection waits for us.
		this.concurrency = options.connections * 4;
	}

	async send(mail: OutgoingMail, deadline: AbortSignal): Promise<readonly AddressOutcome[]> {
		const [plain, international] = await Promise.all([
			this.#sendPlain(only(mail, 'plain'), deadline),
			this.#sendInternational(only(mail, 'international'), deadline),
		]);
		const known = new Map([...plain, ...international]);
		return mail.to.map((mailbox) => known.get(mailbox) ?? failed('MAILBOX_INVALID'));
	}

	async close(): Promise<void> {
		(await this.#pool)?.close();
	}

	async #sendPlain(mail: OutgoingMail, deadline: AbortSignal): Promise<readonly (readonly [string, AddressOutcome])[]> {
		if (mail.to.length === 0) return [];
		this.#pool ??= openPool(this.#options);
		const pool = await this.#pool;
		const outcomes = await this.#plain.run(deadline, () =>
			pool
				.sendMail({ ...messageOf(mail, this.#options), signal: deadline })
				.then((sent) => outcomesOf(mail.to, sent))
				.catch((error: unknown) => outcomesOfFailure(mail.to, error)),
		);
		return paired(mail.to, outcomes);
	}

	async #sendInternational(mail: OutgoingMail, deadline: AbortSignal): Promise<readonly (readonly [string, AddressOutcome])[]> {
		if (mail.to.length === 0) return [];
		const outcomes = await this.#international.run(deadline, () =>
			sendInternational(this.#options, mail, deadline)
				.then((sent) => (sent ? outcomesOf(mail.to, sent) : mail.to.map(() => failed('MAILBOX_INTERNATIONAL'))))
				.catch((error: unknown) => (deadline.aborted ? mail.to.map(() => failed('TIMED_OUT')) : outcomesOfFailure(mail.to, error))),
		);
		return paired(mail.to, outcomes);
	}
}

/** The part of an e-mail that goes to mailboxes of one form. */
function only(mail: OutgoingMail, form: MailboxForm): OutgoingMail {
	const fits = (mailbox: string): boolean => mailboxForm(mailbox) === form;
	return { ...mail, recipients: mail.recipients.filter(fits), to: mail.to.filter(fits) };
}

/** @param outcomes undefined for an e-mail whose turn did not come */
function paired(to: readonly string[], outcomes: readonly AddressOutcome[] | undefined): readonly (readonly [string, AddressOutcome])[] {
	return to.map((mailbox, index) => [mailbox, outcomes === undefined ? postponed : (outcomes[index] ?? failed('UNKNOWN'))]);
}

async function openPool(options: SmtpOptions) {
	const { createTransport } = await import('nodemailer');
	const auth = credentialsOf(options);
	return createTransport({
		...connectionOptions(options),
		...(auth !== undefined && { auth }),
		pool: true,
		maxConnections: options.connections,
		// What a broken connection means for a message is decided here, where attempts are counted.
		maxRequeues: 0,
	});
}
