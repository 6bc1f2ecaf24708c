/** Crash points that no script of the kill matrix passes, each with the suite that kills or throws there. */
export const elsewhere: Readonly<Record<string, string>> = {
	'bus.dead-letter.before-write': 'packages/event-bus: a child process is killed there',
	'bus.dead-letter.after-write': 'packages/event-bus: a child process is killed there',
	'bus.redrive.before-write': 'packages/event-bus: a child process is killed there',
	'bus.redrive.after-write': 'packages/event-bus: a child process is killed there',
	'engine.abandon.before': 'test/lifecycle: the giving up of a deposit is cut short there',
	'engine.abandon.after': 'test/lifecycle: the giving up of a deposit is cut short there',
	'evidence.abandon.before-store': 'test/lifecycle: the giving up of a deposit is cut short there',
	'evidence.abandon.stored': 'test/lifecycle: the giving up of a deposit is cut short there',
	'evidence.tsa.before-request': 'services/evidence: needs a time-stamping authority outside',
	'rpc.client.sending': 'packages/service-kit: only calls over gRPC pass it',
	'rpc.client.answered': 'packages/service-kit: only calls over gRPC pass it',
	'rpc.server.answering': 'packages/service-kit: only calls over gRPC pass it',
};
