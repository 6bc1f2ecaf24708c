import type { BackoffPolicy } from '@fefaent/kernel';
import { type Config, defineConfig, setting } from '@fefaent/service-kit';

const day = 86_400_000;

/** What the notifier can be told. */
export const notifierConfig = defineConfig({
	FEFAENT_NOTIFIER_SMTP_URL: setting.url({
		optional: true,
		secret: true,
		protocols: ['smtp:', 'smtps:'],
		doc: 'SMTP server that e-mails are handed to: `smtp://user:password@host:587` or `smtps://host:465` (TLS from the start). Unset: e-mails stay in the embedded outbox.',
	}),
	FEFAENT_NOTIFIER_SMTP_TLS: setting.enum(['auto', 'required', 'opportunistic', 'off'], {
		default: 'auto',
		doc: 'Whether `smtp://` goes on by STARTTLS: `required`, `opportunistic` (when the server offers it), `off`; `auto` requires it unless the server is on loopback.',
	}),
	FEFAENT_NOTIFIER_CA: setting.path({
		optional: true,
		doc: 'PEM file of the certification authorities that the SMTP server and the SMS provider are trusted by, in place of the public ones.',
	}),
	FEFAENT_NOTIFIER_SMTP_CONNECTIONS: setting.int({ default: 5, min: 1, max: 100, doc: 'Most connections to the SMTP server.' }),
	FEFAENT_NOTIFIER_SMTP_TIMEOUT: setting.duration({
		default: 30_000,
		min: 50,
		max: 600_000,
		doc: 'How long the SMTP server may stay silent before an e-mail is given up and tried later.',
	}),
	FEFAENT_NOTIFIER_FROM: setting.string({
		default: 'Fefaent <no-reply@localhost>',
		doc: 'Sender of e-mails, as in a From header. Its address is also where bounces go.',
	}),
	FEFAENT_NOTIFIER_REPLY_TO: setting.string({ optional: true, doc: 'Where answers to e-mails go. Unset: to the sender.' }),
	FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN: setting.string({
		default: 'notices.fefaent.invalid',
		doc: 'Domain of the Message-ID of e-mails; one of your own tells them apart for good.',
	}),
	FEFAENT_NOTIFIER_SMS_PROVIDER: setting.enum(['embedded', 'smpp', 'http'], {
		default: 'embedded',
		doc: 'How SMS travel: by SMPP 3.4, by HTTP with JSON, or to the embedded outbox (`embedded`), which sends nothing.',
	}),
	FEFAENT_NOTIFIER_SMS_FROM: setting.string({
		default: 'FEFAENT',
		doc: 'Sender of SMS: up to 11 letters and digits, or a number in E.164.',
	}),
	FEFAENT_NOTIFIER_SMS_FOLD: setting.boolean({
		default: true,
		doc: 'Whether letters that the GSM alphabet lacks are written without their accent, so that an SMS costs 160 characters a part and not 70.',
	}),
	FEFAENT_NOTIFIER_SMS_CONCURRENCY: setting.int({ default: 10, min: 1, max: 500, doc: 'Most SMS under way at once.' }),
	FEFAENT_NOTIFIER_SMS_TIMEOUT: setting.duration({
		default: 15_000,
		min: 50,
		max: 600_000,
		doc: 'How long the SMS provider may take to be reached, and to answer, before an SMS is given up and tried later.',
	}),
	FEFAENT_NOTIFIER_SMPP_URL: setting.url({
		optional: true,
		secret: true,
		protocols: ['smpp:', 'ssmpp:'],
		doc: 'SMPP server, needed by the provider `smpp`: `smpp://system_id:password@host:2775`, or `ssmpp://` for TLS.',
	}),
	FEFAENT_NOTIFIER_SMPP_SYSTEM_TYPE: setting.string({ default: '', doc: 'SMPP `system_type` to bind with.' }),
	FEFAENT_NOTIFIER_SMPP_ENQUIRE_EVERY: setting.duration({
		default: 30_000,
		min: 10,
		doc: 'How often the SMPP server is asked whether it still listens.',
	}),
	FEFAENT_NOTIFIER_SMS_HTTP_URL: setting.url({
		optional: true,
		secret: true,
		doc: 'Where the provider `http` takes a POST of `{"reference", "to", "from", "text"}`.',
	}),
	FEFAENT_NOTIFIER_SMS_HTTP_TOKEN: setting.string({ optional: true, secret: true, doc: 'Bearer token for the provider `http`.' }),
	FEFAENT_NOTIFIER_ATTEMPTS: setting.int({ default: 8, min: 1, max: 100, doc: 'How often a notice is tried before it is given up.' }),
	FEFAENT_NOTIFIER_RETRY_FIRST: setting.duration({
		default: 60_000,
		min: 10,
		doc: "Wait before the second try of a notice, in the environment's time; each further wait is four times as long.",
	}),
	FEFAENT_NOTIFIER_RETRY_MAX: setting.duration({ default: 8 * 3_600_000, min: 10, doc: 'Longest wait between two tries of a notice.' }),
	FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT: setting.duration({
		default: 180_000,
		min: 50,
		doc: 'How long one try of a notice may take in all: waiting for a connection, connecting, and every mailbox or telephone. It is then broken off and repeated later. At most three quarters of `FEFAENT_NOTIFIER_LEASE`, and no shorter than the time-outs of SMTP and SMS.',
	}),
	FEFAENT_NOTIFIER_LEASE: setting.duration({
		default: 600_000,
		min: 1_000,
		doc: 'How long a replica keeps a notice to itself before another one takes it over.',
	}),
	FEFAENT_NOTIFIER_ZONE: setting.string({ default: 'Europe/Madrid', doc: 'Time zone (IANA name) that notices tell dates in.' }),
	FEFAENT_NOTIFIER_ACCESS_URL: setting.url({
		optional: true,
		doc: 'Where recipients collect their notifications; the built-in texts name it, and templates find it as `plataforma.adreca`.',
	}),
	FEFAENT_NOTIFIER_INBOX_RETENTION: setting.duration({
		default: 30 * day,
		min: day,
		doc: 'How long it is remembered which events were seen; longer than the bus keeps them.',
	}),
});

/** Values of {@link notifierConfig}. */
export type NotifierConfig = Config<typeof notifierConfig>;

/** Waits between the tries of a notice, in the environment's time: with the defaults, eight tries in about 22 hours. */
export function backoffOf(config: NotifierConfig): BackoffPolicy {
	return { firstMs: config.FEFAENT_NOTIFIER_RETRY_FIRST, factor: 4, maxMs: config.FEFAENT_NOTIFIER_RETRY_MAX, jitter: 0.2 };
}
