import { readFileSync } from 'node:fs';
import type { Clock, DomainError } from '@fefaent/kernel';
import type { NotifierConfig } from '../config.ts';
import { isUsableMailbox } from '../domain/addresses.ts';
import { notifierError } from '../errors.ts';
import type { MessageStore } from '../store/port.ts';
import { mailboxForm } from './mail/mailbox.ts';
import { senderAddress } from './mail/message.ts';
import { OutboxMailSender } from './mail/outbox.ts';
import type { MailSender } from './mail/port.ts';
import { SmtpMailSender } from './mail/smtp.ts';
import { HttpSmsSender } from './sms/http.ts';
import { OutboxSmsSender } from './sms/outbox.ts';
import type { SmsSender } from './sms/port.ts';
import { SmppSmsSender } from './sms/smpp.ts';

/** What senders are made with. */
export interface ChannelDeps {
	readonly config: NotifierConfig;
	readonly clock: Clock;
	readonly messages: MessageStore;
}

/** The e-mail sender that the settings ask for. @throws `SETTING_INVALID`; the system's error when the file of authorities cannot be read */
export function createMailSender({ config, clock, messages }: ChannelDeps): MailSender {
	const url = config.FEFAENT_NOTIFIER_SMTP_URL;
	const messageIdDomain = config.FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN;
	if (!/^[A-Za-z\d](?:[A-Za-z\d.-]*[A-Za-z\d])?$/.test(messageIdDomain)) {
		throw invalid('FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN', 'it is no domain');
	}
	if (url === undefined) return new OutboxMailSender(messages, clock, messageIdDomain);
	// A wrong sender would look like wrong mailboxes, one e-mail after the other.
	const sender = senderAddress(config.FEFAENT_NOTIFIER_FROM);
	if (!isUsableMailbox(sender)) throw invalid('FEFAENT_NOTIFIER_FROM', 'it holds no mailbox');
	const replyTo = config.FEFAENT_NOTIFIER_REPLY_TO;
	for (const [setting, mailbox] of [
		['FEFAENT_NOTIFIER_FROM', sender],
		['FEFAENT_NOTIFIER_REPLY_TO', replyTo === undefined ? sender : senderAddress(replyTo)],
	] as const) {
		if (mailboxForm(mailbox) !== 'plain') throw invalid(setting, 'not every server takes it: write it in ASCII before the @');
	}
	checkCredentials('FEFAENT_NOTIFIER_SMTP_URL', url);
	return new SmtpMailSender({
		url,
		startTls: config.FEFAENT_NOTIFIER_SMTP_TLS,
		ca: authorities(config),
		connections: config.FEFAENT_NOTIFIER_SMTP_CONNECTIONS,
		timeoutMs: config.FEFAENT_NOTIFIER_SMTP_TIMEOUT,
		from: config.FEFAENT_NOTIFIER_FROM,
		replyTo,
		messageIdDomain,
	});
}

/** The SMS sender that the settings ask for. @throws `SETTING_MISSING`, `SETTING_INVALID`; the system's error when the file of authorities cannot be read */
export function createSmsSender({ config, clock, messages }: ChannelDeps): SmsSender {
	const common = {
		ca: authorities(config),
		from: config.FEFAENT_NOTIFIER_SMS_FROM,
		concurrency: config.FEFAENT_NOTIFIER_SMS_CONCURRENCY,
		timeoutMs: config.FEFAENT_NOTIFIER_SMS_TIMEOUT,
	};
	switch (config.FEFAENT_NOTIFIER_SMS_PROVIDER) {
		case 'smpp':
			return new SmppSmsSender({
				...common,
				url: needed(config, 'FEFAENT_NOTIFIER_SMPP_URL'),
				systemType: config.FEFAENT_NOTIFIER_SMPP_SYSTEM_TYPE,
				enquireEveryMs: config.FEFAENT_NOTIFIER_SMPP_ENQUIRE_EVERY,
			});
		case 'http':
			return new HttpSmsSender({
				...common,
				url: needed(config, 'FEFAENT_NOTIFIER_SMS_HTTP_URL'),
				token: config.FEFAENT_NOTIFIER_SMS_HTTP_TOKEN,
			});
		case 'embedded':
			return new OutboxSmsSender(messages, clock);
	}
}

function needed(config: NotifierConfig, name: 'FEFAENT_NOTIFIER_SMPP_URL' | 'FEFAENT_NOTIFIER_SMS_HTTP_URL'): string {
	const value = config[name];
	if (value === undefined) throw notifierError('SETTING_MISSING', { setting: name });
	checkCredentials(name, value);
	return value;
}

/** User and password of a URL must be readable; the setting is secret, so the problem names no part of it. */
function checkCredentials(name: keyof NotifierConfig, url: string): void {
	const { username, password } = new URL(url);
	try {
		decodeURIComponent(username + password);
	} catch {
		throw invalid(name, 'a % in its user or password is not written as %25');
	}
}

function invalid(setting: keyof NotifierConfig, problem: string): DomainError {
	return notifierError('SETTING_INVALID', { setting, problem });
}

function authorities({ FEFAENT_NOTIFIER_CA: file }: NotifierConfig): string | undefined {
	return file === undefined ? undefined : readFileSync(file, 'utf8');
}
