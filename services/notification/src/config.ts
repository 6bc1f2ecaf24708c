import { type Config, defineConfig, setting } from '@fefaent/service-kit';

/** Settings of the notification service. */
export const notificationConfig = defineConfig({
	FEFAENT_NOTIFICATION_ID_BLOCK: setting.int({
		default: 1000,
		min: 100,
		max: 1_000_000,
		unit: 'ids',
		doc: 'How many ids are taken from the durable counter at once. What is left of a block when the process ends is never used.',
	}),
	FEFAENT_NOTIFICATION_WRITE_ATTEMPTS: setting.int({
		default: 10,
		min: 1,
		max: 100,
		doc: 'How often a change is decided anew because another one of the same notification was written first, before the caller is told to come back.',
	}),
	FEFAENT_NOTIFICATION_EXPORT_MAX_BYTES: setting.int({
		default: 33_554_432,
		min: 65_536,
		unit: 'bytes',
		doc: 'Most bytes of the files that go into the export of one notification.',
	}),
});

/** Values of {@link notificationConfig}. */
export type NotificationConfig = Config<typeof notificationConfig>;
