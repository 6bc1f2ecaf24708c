import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import { portOf } from './listening.ts';
import { parseMail } from './parse-mail.ts';
import { Recorder } from './recorder.ts';
import type { ReceivedMail, SmtpFailure, SmtpSink, SmtpSinkOptions, SmtpStage } from './smtp-sink-types.ts';

type Reply = (error?: Error | null) => void;

/** Starts an SMTP server on loopback that keeps what it gets, and fails where it is told to. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
	// Loaded here so that a test that sends no mail does not pay for it.
	const { SMTPServer } = await import('smtp-server');
	const mails = new Recorder<ReceivedMail>('messages');
	const sockets = new Map<number, Socket>();
	const closing = new AbortController();
	let rule = options.fail;

	const outcome = (stage: SmtpStage, session: SMTPServerSession, extra: { from?: string; to?: string } = {}): SmtpFailure | undefined => {
		const { from, to } = envelopeOf(session);
		return rule?.({ stage, from: extra.from ?? from, to: extra.to === undefined ? to : [...to, extra.to] });
	};
	const answer = (failure: SmtpFailure | undefined, session: SMTPServerSession, reply: Reply): void => {
		if (failure === 'drop') sockets.get(session.remotePort)?.destroy();
		else reply(failure && Object.assign(new Error(failure.message), { responseCode: failure.code }));
	};
	const take = async (stream: NodeJS.ReadableStream, session: SMTPServerSession): Promise<SmtpFailure | undefined> => {
		const envelope = envelopeOf(session);
		const refusal = outcome('data', session);
		const raw = await buffer(stream);
		if (refusal) return refusal;
		mails.add({
			...(await parseMail(raw)),
			envelope,
			secure: session.secure,
			smtpUtf8: session.envelope.smtpUtf8 === true,
			raw,
			at: new Date(),
		});
		if (options.delayMs) await delay(options.delayMs, undefined, { signal: closing.signal });
		return outcome('answer', session);
	};

	const server = new SMTPServer({
		...securityOf(options),
		disableReverseLookup: true,
		logger: false,
		closeTimeout: 1,
		hideSMTPUTF8: options.smtpUtf8 === false,
		onConnect: (session, reply) => answer(outcome('connect', session), session, reply),
		onMailFrom: (sender, session, reply) => answer(outcome('mail', session, { from: sender.address }), session, reply),
		onRcptTo: (recipient, session, reply) => answer(outcome('rcpt', session, { to: recipient.address }), session, reply),
		onData: (stream, session, reply) => {
			take(stream, session).then(
				(failure) => answer(failure, session, reply),
				() => answer('drop', session, reply),
			);
		},
	});
	// A client that goes away in the middle is nothing to the sink.
	server.on('error', () => {});
	server.server.on('connection', (socket: Socket) => {
		const { remotePort } = socket;
		if (remotePort === undefined) return;
		sockets.set(remotePort, socket);
		socket.once('close', () => sockets.delete(remotePort));
	});
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server.server, 'listening');

	const close = async (): Promise<void> => {
		if (!server.server.listening) return;
		closing.abort();
		const closed = once(server.server, 'close');
		server.close();
		for (const socket of sockets.values()) socket.destroy();
		await closed;
	};
	return {
		port: portOf(server.server),
		messages: mails.items,
		failWith: (next) => {
			rule = next;
		},
		waitFor: mails.waitFor.bind(mails),
		onMessage: (listener) => mails.on(listener),
		close,
		[Symbol.asyncDispose]: close,
	};
}

function envelopeOf(session: SMTPServerSession): { readonly from: string; readonly to: readonly string[] } {
	const { mailFrom, rcptTo } = session.envelope;
	return { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((one) => one.address) };
}

function securityOf({ tls, auth }: SmtpSinkOptions): SMTPServerOptions {
	const disabledCommands = [...(auth ? [] : ['AUTH']), ...(tls?.mode === 'starttls' ? [] : ['STARTTLS'])];
	return {
		disabledCommands,
		...(tls && { key: tls.key, cert: tls.cert, secure: tls.mode === 'implicit' }),
		...(auth && {
			allowInsecureAuth: !tls,
			onAuth: (given, _session, reply) => {
				if (given.username === auth.user && given.password === auth.pass) reply(null, { user: auth.user });
				else reply(Object.assign(new Error('authentication failed'), { responseCode: 535 }));
			},
		}),
	};
}
