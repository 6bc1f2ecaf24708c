import type { NotifierConfig } from './config.ts';
import { isZone } from './domain/view-dates.ts';
import { notifierError } from './errors.ts';

/** How much of a lease an attempt may take; the rest is for writing what became of it, a few times if need be. */
const attemptShare = 0.75;

/** Settings that are right one by one and not together, or that only this service can judge: told at the start and not by the first notice. @throws `SETTING_INVALID` */
export function checkSettings(config: NotifierConfig): void {
	const refuse = (setting: keyof NotifierConfig, problem: string): never => {
		throw notifierError('SETTING_INVALID', { setting, problem });
	};
	const zone = config.FEFAENT_NOTIFIER_ZONE;
	if (!isZone(zone)) refuse('FEFAENT_NOTIFIER_ZONE', `there is no time zone ${zone}`);
	const attempt = config.FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT;
	if (attempt > config.FEFAENT_NOTIFIER_LEASE * attemptShare) {
		refuse('FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT', 'it is longer than three quarters of FEFAENT_NOTIFIER_LEASE');
	}
	const used = {
		FEFAENT_NOTIFIER_SMTP_TIMEOUT: config.FEFAENT_NOTIFIER_SMTP_URL !== undefined,
		FEFAENT_NOTIFIER_SMS_TIMEOUT: config.FEFAENT_NOTIFIER_SMS_PROVIDER !== 'embedded',
	};
	for (const setting of ['FEFAENT_NOTIFIER_SMTP_TIMEOUT', 'FEFAENT_NOTIFIER_SMS_TIMEOUT'] as const) {
		if (used[setting] && config[setting] > attempt) refuse(setting, 'it is longer than FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT');
	}
}
