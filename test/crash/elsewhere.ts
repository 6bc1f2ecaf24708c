import type { Way } from './points.ts';

const onBothWays = {
	'engine.abandon.before': 'test/lifecycle: the giving up of a deposit is cut short there',
	'engine.abandon.after': 'test/lifecycle: the giving up of a deposit is cut short there',
	'evidence.abandon.before-store': 'test/lifecycle: the giving up of a deposit is cut short there',
	'evidence.abandon.stored': 'test/lifecycle: the giving up of a deposit is cut short there',
	'evidence.tsa.before-request': 'services/evidence: needs a time-stamping authority outside',
};

/** Crash points that no script of the kill matrix passes, each with the suite that kills or throws there. */
export const elsewhere: Readonly<Record<Way, Readonly<Record<string, string>>>> = {
	standalone: {
		...onBothWays,
		'bus.dead-letter.before-write': 'packages/event-bus: a child process is killed there',
		'bus.dead-letter.after-write': 'packages/event-bus: a child process is killed there',
		'bus.redrive.before-write': 'packages/event-bus: a child process is killed there',
		'bus.redrive.after-write': 'packages/event-bus: a child process is killed there',
	},
	distributed: {
		...onBothWays,
		'bus.dead-letter.before-write': 'packages/event-bus, kafka: a child process is killed there',
		'bus.dead-letter.after-write': 'packages/event-bus, kafka: a child process is killed there',
		'bus.redrive.before-write': 'packages/event-bus, kafka: a child process is killed there',
		'notification.blob.before-put': 'services/notification, s3: a put ends there',
		'notification.blob.put': 'services/notification, s3: a put ends there',
		'bus.redrive.published': 'packages/event-bus, kafka: a child process is killed there',
		'bus.redrive.after-write': 'packages/event-bus, kafka: a child process is killed there',
	},
};
