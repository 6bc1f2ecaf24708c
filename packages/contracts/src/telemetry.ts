// Every span and metric that the product makes. docs/telemetry.md is written from it, instruments are made from it, and test/telemetry holds a run
// against it. Names and attributes of HTTP, RPC and messaging are those of the OpenTelemetry semantic conventions 1.45; the others begin with `fefaent.`.

/** Which processes make it: `fefaent-<name>`; in one process all are `fefaent`. */
export type TelemetryService = 'gateway' | 'notification' | 'state-engine' | 'evidence' | 'notifier' | 'callback';

/** What is said of a span. */
export interface SpanEntry {
	/** One for each way to run, where they differ: over gRPC a call is CLIENT and SERVER, within one process INTERNAL. */
	readonly kinds: readonly ('SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'INTERNAL')[];
	readonly services: readonly TelemetryService[];
	/** Every attribute that it may have; besides `error.type` where it failed. */
	readonly attributes: readonly string[];
	readonly meaning: string;
}

/** What is said of a metric. */
export interface MetricEntry {
	readonly type: 'counter' | 'histogram' | 'gauge';
	/** UCUM. */
	readonly unit: string;
	readonly services: readonly TelemetryService[];
	/** Every attribute that its points may have. */
	readonly attributes: readonly string[];
	readonly meaning: string;
	/** Of a histogram: upper bounds of its buckets, in its unit. */
	readonly buckets?: readonly number[];
}

const all: readonly TelemetryService[] = ['gateway', 'notification', 'state-engine', 'evidence', 'notifier', 'callback'];
const followers: readonly TelemetryService[] = ['state-engine', 'notifier', 'callback'];

/** Of calls, as the semantic conventions advise. */
const calls = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Of what people wait for: 50 ms to 30 h, from what happens at once to what waited for somebody else's system over a night. */
const waits = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200, 108_000];

/** Of work in batches: 5 ms to 30 s. */
const work = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const rpc = ['rpc.system.name', 'rpc.method', 'rpc.response.status_code', 'error.type'];
const http = ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'];
const messaging = ['messaging.system', 'messaging.destination.name', 'messaging.operation.name'];

/** Spans by their names; what stands in braces is filled in. */
export const spans = {
	'POST /soap/enotum-lite': {
		kinds: ['SERVER'],
		services: ['gateway'],
		attributes: ['http.request.method', 'http.route', 'url.path', 'url.scheme', 'http.response.status_code', 'fefaent.operation'],
		meaning: 'A request of an integrator, from its first byte to the answer. Goes on from the caller’s `traceparent`.',
	},
	'{method} /admin{route}': {
		kinds: ['SERVER'],
		services: ['gateway'],
		attributes: ['http.request.method', 'http.route', 'url.scheme', 'http.response.status_code', 'fefaent.operation'],
		meaning: 'A request of an operator. Goes on from the caller’s `traceparent`.',
	},
	'fefaent.{service}/{method}': {
		kinds: ['CLIENT', 'SERVER', 'INTERNAL'],
		services: all,
		attributes: ['rpc.system.name', 'rpc.method', 'rpc.response.status_code', 'server.address', 'server.port', 'fefaent.caller'],
		meaning: 'A call from one service to another: CLIENT where it is made, SERVER where it is answered, INTERNAL in one process.',
	},
	'send {topic}': {
		kinds: ['PRODUCER'],
		services: ['notification'],
		attributes: [
			...messaging,
			'messaging.operation.type',
			'messaging.message.id',
			'messaging.kafka.message.key',
			'messaging.batch.message_count',
		],
		meaning:
			'An event leaves the outbox, until it is durable on the bus. Its parent is what wrote the event: the time between is the wait in the outbox.',
	},
	'process {topic}': {
		kinds: ['CONSUMER'],
		services: followers,
		attributes: [
			...messaging,
			'messaging.operation.type',
			'messaging.consumer.group.name',
			'messaging.message.id',
			'messaging.kafka.message.key',
			'messaging.kafka.offset',
			'fefaent.attempt',
		],
		meaning: 'A service does what an event asks of it. Its parent is the `send`.',
	},
	'process batch {topic}': {
		kinds: ['CONSUMER'],
		services: followers,
		attributes: [...messaging, 'messaging.operation.type', 'messaging.consumer.group.name', 'messaging.batch.message_count'],
		meaning: 'Several events that are processed together: linked both ways to the `process` of each.',
	},
	'fire timer': {
		kinds: ['INTERNAL'],
		services: ['state-engine'],
		attributes: ['fefaent.notification.id', 'fefaent.timer', 'fefaent.attempt'],
		meaning: 'A timer fires. Its parent is the `process` of the event that set it, days ago maybe.',
	},
	'fire timers': {
		kinds: ['INTERNAL'],
		services: ['state-engine'],
		attributes: ['fefaent.batch.size'],
		meaning: 'Several timers that fire together: linked both ways to the `fire timer` of each.',
	},
	'transition notifications': {
		kinds: ['INTERNAL'],
		services: ['state-engine'],
		attributes: ['fefaent.batch.size'],
		meaning: 'Decisions are claimed, proved and published.',
	},
	'sweep claims': {
		kinds: ['INTERNAL'],
		services: ['state-engine'],
		attributes: ['fefaent.batch.size'],
		meaning: 'Decisions that were found without a proof are finished.',
	},
	'seal evidences': {
		kinds: ['INTERNAL'],
		services: ['evidence'],
		attributes: ['fefaent.batch.size', 'fefaent.evidence.queue.duration'],
		meaning:
			'Evidences are signed and time-stamped in a thread, after waiting for it. A part of the trace that they were asked for in, or linked to those of all.',
	},
	'send notice': {
		kinds: ['CLIENT'],
		services: ['notifier'],
		attributes: ['fefaent.notification.id', 'fefaent.notice.id', 'fefaent.channel', 'fefaent.provider', 'fefaent.attempt'],
		meaning:
			'An e-mail or SMS is handed to its provider, to every address of a recipient. Its parent is the `process` of the event that it is about.',
	},
	'deliver callback': {
		kinds: ['INTERNAL'],
		services: ['callback'],
		attributes: ['fefaent.notification.id', 'fefaent.delivery.id', 'fefaent.endpoint.id', 'fefaent.attempt'],
		meaning:
			'One attempt of a callback, its turn and the record of its outcome included. Its parent is the `process` of the change that it tells.',
	},
	POST: {
		kinds: ['CLIENT'],
		services: ['callback'],
		attributes: ['http.request.method', 'http.response.status_code', 'server.address', 'server.port'],
		meaning: 'The request to an integrator’s endpoint. It carries `traceparent`, so that the integrator’s own trace can go on from it.',
	},
} as const satisfies Record<string, SpanEntry>;

/** Metrics by their names. */
export const metrics = {
	'http.server.request.duration': {
		type: 'histogram',
		unit: 's',
		services: ['gateway'],
		attributes: [...http, 'url.scheme'],
		meaning: 'How long requests from outside took to answer',
		buckets: calls,
	},
	'rpc.server.call.duration': {
		type: 'histogram',
		unit: 's',
		services: ['notification', 'state-engine', 'evidence', 'notifier', 'callback'],
		attributes: rpc,
		meaning: 'How long calls between services took to answer',
		buckets: calls,
	},
	'rpc.client.call.duration': {
		type: 'histogram',
		unit: 's',
		services: ['gateway', 'state-engine', 'notifier', 'callback'],
		attributes: [...rpc, 'server.address', 'server.port'],
		meaning: 'How long calls between services took to be answered',
		buckets: calls,
	},
	'messaging.client.sent.messages': {
		type: 'counter',
		unit: '{message}',
		services: ['notification'],
		attributes: [...messaging, 'error.type'],
		meaning: 'Events sent to the bus',
	},
	'messaging.client.operation.duration': {
		type: 'histogram',
		unit: 's',
		services: ['notification'],
		attributes: [...messaging, 'messaging.operation.type', 'error.type'],
		meaning: 'How long it took until events were durable on the bus, by batch',
		buckets: calls,
	},
	'messaging.client.consumed.messages': {
		type: 'counter',
		unit: '{message}',
		services: followers,
		attributes: [...messaging, 'messaging.consumer.group.name'],
		meaning: 'Events handed to their consumers, repeated ones too',
	},
	'messaging.process.duration': {
		type: 'histogram',
		unit: 's',
		services: followers,
		attributes: [...messaging, 'messaging.consumer.group.name', 'error.type'],
		meaning: 'How long events took to be processed, by batch',
		buckets: calls,
	},
	'fefaent.bus.lag': {
		type: 'gauge',
		unit: '{message}',
		services: followers,
		attributes: ['messaging.destination.name', 'messaging.consumer.group.name'],
		meaning: 'Events that a group has not processed. Every replica tells the same',
	},
	'fefaent.bus.dead_letters': {
		type: 'gauge',
		unit: '{message}',
		services: followers,
		attributes: ['messaging.destination.name', 'messaging.consumer.group.name'],
		meaning: 'Events that a group gave up and nobody has redriven. Every replica tells the same',
	},
	'fefaent.outbox.depth': {
		type: 'gauge',
		unit: '{document}',
		services: ['notification'],
		attributes: [],
		meaning: 'Writes whose events wait to be published, counted to 10,000',
	},
	'fefaent.outbox.oldest.age': {
		type: 'gauge',
		unit: 's',
		services: ['notification'],
		attributes: [],
		meaning: 'How long the event that waits longest has waited to be published; 0 when none waits',
	},
	'fefaent.gateway.enotumlite.requests': {
		type: 'counter',
		unit: '{request}',
		services: ['gateway'],
		attributes: ['fefaent.operation', 'fefaent.code'],
		meaning: 'eNotumLite requests answered, by operation and error code of the request',
	},
	'fefaent.notification.changes': {
		type: 'counter',
		unit: '{change}',
		services: ['notification'],
		attributes: ['fefaent.change', 'fefaent.state'],
		meaning: 'Changes of notifications written, by kind and state',
	},
	'fefaent.notification.deposit.duration': {
		type: 'histogram',
		unit: 's',
		services: ['notification'],
		attributes: [],
		meaning: 'From acceptance of a notification to its deposit, in the environment’s time',
		buckets: waits,
	},
	'fefaent.notification.claim.oldest.age': {
		type: 'gauge',
		unit: 's',
		services: ['notification'],
		attributes: [],
		meaning: 'How long the decision that has waited longest has waited for its proof, in the environment’s time; 0 when none waits',
	},
	'fefaent.state_engine.decisions': {
		type: 'counter',
		unit: '{decision}',
		services: ['state-engine'],
		attributes: ['fefaent.transition', 'fefaent.outcome'],
		meaning: 'Outcomes of decisions, by transition and kind',
	},
	'fefaent.state_engine.timers': {
		type: 'counter',
		unit: '{timer}',
		services: ['state-engine'],
		attributes: ['fefaent.timer', 'fefaent.outcome'],
		meaning: 'Timers fired, by kind and result',
	},
	'fefaent.state_engine.timer.lateness': {
		type: 'histogram',
		unit: 's',
		services: ['state-engine'],
		attributes: ['fefaent.timer'],
		meaning: 'From when a timer was due to when it fired first, in the environment’s time',
		buckets: waits,
	},
	'fefaent.state_engine.timer.overdue.age': {
		type: 'gauge',
		unit: 's',
		services: ['state-engine'],
		attributes: [],
		meaning: 'How long the timer that has been due longest has been due, failed ones included, in the environment’s time; 0 when none is',
	},
	'fefaent.state_engine.swept': {
		type: 'counter',
		unit: '{decision}',
		services: ['state-engine'],
		attributes: [],
		meaning: 'Decisions found without proof and finished',
	},
	'fefaent.evidence.sealed': {
		type: 'counter',
		unit: '{evidence}',
		services: ['evidence'],
		attributes: [],
		meaning: 'Evidences sealed',
	},
	'fefaent.evidence.sealing.duration': {
		type: 'histogram',
		unit: 's',
		services: ['evidence'],
		attributes: ['error.type'],
		meaning: 'Time to seal a batch of evidences, waiting for a thread included',
		buckets: work,
	},
	'fefaent.evidence.queue.depth': {
		type: 'gauge',
		unit: '{evidence}',
		services: ['evidence'],
		attributes: [],
		meaning: 'Evidences that are asked for and not yet sealed and stored',
	},
	'fefaent.evidence.queue.duration': {
		type: 'histogram',
		unit: 's',
		services: ['evidence'],
		attributes: [],
		meaning: 'How long an evidence waited for a thread to sign it',
		buckets: work,
	},
	'fefaent.notifier.attempts': {
		type: 'counter',
		unit: '{attempt}',
		services: ['notifier'],
		attributes: ['fefaent.channel', 'fefaent.provider', 'fefaent.state', 'error.type'],
		meaning: 'Attempts to send notices, by the state after it and the failure’s name',
	},
	'fefaent.notifier.notice.duration': {
		type: 'histogram',
		unit: 's',
		services: ['notifier'],
		attributes: ['fefaent.channel', 'fefaent.notice.kind'],
		meaning: 'From the deposit (or when the reminder was due) to when a provider took the notice, in the environment’s time',
		buckets: waits,
	},
	'fefaent.notifier.notice.oldest.age': {
		type: 'gauge',
		unit: 's',
		services: ['notifier'],
		attributes: [],
		meaning:
			'How long the unsent notice that was recorded first has waited, in the environment’s time, among the hundred that are due first of each channel; 0 when none waits',
	},
	'fefaent.callback.attempts': {
		type: 'counter',
		unit: '{attempt}',
		services: ['callback'],
		attributes: ['fefaent.form', 'error.type'],
		meaning: 'Attempts to deliver callbacks, by form and failure',
	},
	'fefaent.callback.attempt.duration': {
		type: 'histogram',
		unit: 's',
		services: ['callback'],
		attributes: ['fefaent.form', 'error.type'],
		meaning: 'Duration of attempts to deliver callbacks',
		buckets: calls,
	},
	'fefaent.callback.delivery.duration': {
		type: 'histogram',
		unit: 's',
		services: ['callback'],
		attributes: ['fefaent.form'],
		meaning: 'From a change of state to when its callback was taken, in the environment’s time',
		buckets: waits,
	},
	'fefaent.callback.exhausted': {
		type: 'counter',
		unit: '{delivery}',
		services: ['callback'],
		attributes: ['fefaent.form'],
		meaning: 'Callbacks given up',
	},
	'fefaent.callback.delivery.oldest.age': {
		type: 'gauge',
		unit: 's',
		services: ['callback'],
		attributes: [],
		meaning: 'How long the undelivered callback that was recorded first has waited, in the environment’s time; 0 when none waits',
	},
} as const satisfies Record<string, MetricEntry>;

/** The name of a metric. */
export type MetricName = keyof typeof metrics;

/** Names of the metrics of a type. */
export type MetricOf<T extends MetricEntry['type']> = { [N in MetricName]: (typeof metrics)[N]['type'] extends T ? N : never }[MetricName];

/** A name with its braces filled in. */
type Filled<N extends string> = N extends `${infer Head}{${string}}${infer Tail}` ? `${Head}${string}${Filled<Tail>}` : N;

/** The name of a span. */
export type SpanName = Filled<keyof typeof spans>;
