import { Channel, NotifierServiceDefinition } from '@fefaent/contracts/notifier';
import type { EventBus, Following } from '@fefaent/event-bus';
import type { Clock } from '@fefaent/kernel';
import { bind, createHealth, type Job, type Logger, type Service } from '@fefaent/service-kit';
import { createMailSender, createSmsSender } from './channels/create.ts';
import { checkSettings } from './check-settings.ts';
import type { Evidences, Notifications } from './clients.ts';
import { backoffOf, type NotifierConfig } from './config.ts';
import { followNotifications } from './consumers/notifications.ts';
import { startPruning } from './jobs/prune.ts';
import { type Sending, startSending } from './jobs/sending.ts';
import { mailAttempt, smsAttempt } from './operations/attempt.ts';
import type { OperationDeps } from './operations/deps.ts';
import { notifierHandlers } from './rpc/handlers.ts';
import type { NotifierStore } from './store/port.ts';
import { showWaiting } from './telemetry.ts';

/** What the notifier is made of. */
export interface NotifierServiceDeps {
	readonly config: NotifierConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Its own; closed when the service stops. */
	readonly store: NotifierStore;
	/** Topic `fefaent.notification.v1`. */
	readonly bus: Pick<EventBus, 'follow'>;
	readonly notifications: Notifications;
	readonly evidences: Evidences;
	/** Names this replica among others, the same after a restart: it takes back the notices that it was sending when it ended. */
	readonly ownerId: string;
}

/** The service, and what an operator may ask of it beyond. */
export interface NotifierService extends Service {
	/** Resolves when no notice that is due is free, and none is under way. */
	settled(): Promise<void>;
}

/**
 * The service that tells recipients: serves NotifierService, follows the notifications' topic, and sends e-mails and SMS.
 * @throws `SETTING_MISSING`, `SETTING_INVALID`
 */
export function createNotifierService(deps: NotifierServiceDeps): NotifierService {
	const { config, clock, logger, store, bus, notifications, evidences, ownerId } = deps;
	const zone = config.FEFAENT_NOTIFIER_ZONE;
	checkSettings(config);
	const rendering = { zone, fold: config.FEFAENT_NOTIFIER_SMS_FOLD, accessUrl: config.FEFAENT_NOTIFIER_ACCESS_URL };
	const operations: OperationDeps = { clock, logger, store, notifications, evidences, rendering };
	const mail = createMailSender({ config, clock, messages: store.messages });
	const sms = createSmsSender({ config, clock, messages: store.messages });
	const health = createHealth();
	health.register('store', () => store.ping());
	let running: { following: Following; sendings: readonly Sending[]; pruning: Job; hideWaiting: () => void } | undefined;

	const startSendings = (): readonly Sending[] => {
		const common = {
			store: store.notices,
			clock,
			logger,
			ownerId,
			leaseMs: config.FEFAENT_NOTIFIER_LEASE,
			attemptMs: config.FEFAENT_NOTIFIER_ATTEMPT_TIMEOUT,
			rule: { attempts: config.FEFAENT_NOTIFIER_ATTEMPTS, backoff: backoffOf(config), random: Math.random },
		};
		return [
			startSending({ ...common, channel: Channel.EMAIL, provider: mail.name, attempt: mailAttempt(mail), concurrency: mail.concurrency }),
			startSending({ ...common, channel: Channel.SMS, provider: sms.name, attempt: smsAttempt(sms), concurrency: sms.concurrency }),
		];
	};

	return {
		name: 'notifier',
		rpc: [bind(NotifierServiceDefinition, notifierHandlers(operations), { logger })],
		start: async () => {
			const released = await store.notices.releaseLeases(ownerId);
			if (released > 0) logger.info({ notices: released }, 'notices of the process before are taken up again');
			await store.join();
			running = {
				sendings: startSendings(),
				pruning: startPruning(store.notices, config.FEFAENT_NOTIFIER_INBOX_RETENTION, logger),
				following: followNotifications(bus, operations),
				hideWaiting: showWaiting(store.notices, clock, logger),
			};
		},
		stop: async () => {
			health.drain();
			const stopping = running;
			running = undefined;
			const left = store.leave();
			stopping?.hideWaiting();
			await stopping?.following.stop();
			await Promise.all([left, ...[...(stopping?.sendings ?? []), stopping?.pruning].map((one) => one?.stop())]);
			await Promise.all([mail.close(), sms.close()]);
			await store.close();
		},
		settled: async () => {
			await Promise.all((running?.sendings ?? []).map((one) => one.settled()));
		},
		backlog: () => store.notices.countDue(clock.now()),
		readiness: () => health.readiness(),
	};
}
