import { expect, it } from 'vitest';
import { startWorld } from './testing/world.ts';

it.each([
	[{ FEFAENT_NOTIFIER_SMS_PROVIDER: 'smpp' }, 'FEFAENT_NOTIFIER_SMPP_URL must be set'],
	[{ FEFAENT_NOTIFIER_SMS_PROVIDER: 'http' }, 'FEFAENT_NOTIFIER_SMS_HTTP_URL must be set'],
	[{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://a:100%@127.0.0.1' }, 'FEFAENT_NOTIFIER_SMTP_URL is not valid'],
	[{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://127.0.0.1', FEFAENT_NOTIFIER_FROM: 'Ajuntament' }, 'FEFAENT_NOTIFIER_FROM is not valid'],
	[{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://127.0.0.1', FEFAENT_NOTIFIER_FROM: 'señal@example.org' }, 'FEFAENT_NOTIFIER_FROM is not valid'],
	[
		{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://127.0.0.1', FEFAENT_NOTIFIER_REPLY_TO: 'señal@example.org' },
		'FEFAENT_NOTIFIER_REPLY_TO is not valid',
	],
	[{ FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN: 'a>b' }, 'FEFAENT_NOTIFIER_MESSAGE_ID_DOMAIN is not valid'],
	[{ FEFAENT_NOTIFIER_ZONE: 'Europe/Nowhere' }, 'Europe/Nowhere'],
	[{ FEFAENT_NOTIFIER_LEASE: '3m' }, 'FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT is not valid'],
	[{ FEFAENT_NOTIFIER_SMTP_URL: 'smtp://127.0.0.1', FEFAENT_NOTIFIER_SMTP_TIMEOUT: '4m' }, 'FEFAENT_NOTIFIER_SMTP_TIMEOUT is not valid'],
	[{ FEFAENT_NOTIFIER_SMS_PROVIDER: 'http', FEFAENT_NOTIFIER_SMS_TIMEOUT: '4m' }, 'FEFAENT_NOTIFIER_SMS_TIMEOUT is not valid'],
])('does not start with settings that would fail every notice: %j', async (env, message) => {
	await expect(startWorld(env)).rejects.toThrow(message);
});
