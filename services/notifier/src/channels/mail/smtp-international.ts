import { unlessAborted } from '../../deadline.ts';
import { messageOf } from './message.ts';
import type { OutgoingMail } from './port.ts';
import { connectionOptions, credentialsOf, type SmtpOptions } from './smtp-options.ts';
import type { Sent } from './smtp-outcomes.ts';

type Done<T> = (error?: Error | null, result?: T) => void;

/**
 * Sends an e-mail to mailboxes with letters beyond ASCII before the @, over a connection of its own: what a server offers is known only by the connection
 * that it was asked on, and a pool does not tell.
 * @returns undefined when the server does not take such mailboxes (SMTPUTF8, RFC 6531); nothing was sent then
 * @throws nodemailer's error; the deadline's reason
 */
export async function sendInternational(options: SmtpOptions, mail: OutgoingMail, deadline: AbortSignal): Promise<Sent | undefined> {
	const [{ createTransport }, { default: SMTPConnection }] = await Promise.all([
		import('nodemailer'),
		import('nodemailer/lib/smtp-connection'),
	]);
	const { envelope, message } = await createTransport({ streamTransport: true, buffer: true, newline: 'windows' }).sendMail(
		messageOf(mail, options),
	);
	deadline.throwIfAborted();
	const connection = new SMTPConnection(connectionOptions(options));
	const broken = Promise.withResolvers<never>();
	broken.promise.catch(() => {});
	connection.on('error', broken.reject);
	const step = <T>(begin: (done: Done<T>) => void): Promise<T | undefined> => {
		const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
		begin((error, result) => (error ? reject(error) : resolve(result)));
		return unlessAborted(Promise.race([promise, broken.promise]), deadline);
	};
	try {
		await step<void>((done) => connection.connect(done));
		// The answer to EHLO; after STARTTLS, the second one.
		if (!/^250[ -]SMTPUTF8\b/im.test(connection.lastServerResponse || '')) return undefined;
		const credentials = credentialsOf(options);
		if (credentials !== undefined && connection.allowsAuth) await step<boolean>((done) => connection.login({ credentials }, done));
		return await step<Sent>((done) => connection.send(envelope, message, done));
	} finally {
		connection.close();
	}
}
