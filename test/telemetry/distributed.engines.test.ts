// What six processes tell of notifications' lives: one trace through all of them, metrics that say how long people waited, and nobody's personal data.
import { metrics as metricEntries, spans as spanEntries } from '@fefaent/contracts/telemetry';
import { beforeAll, describe, expect, it } from 'vitest';
import { registered, unknownOfMetrics, unknownOfSpans } from './against-registry.ts';
import { callerSpan, type Observed, observeLives, personal, traces } from './observed-life.ts';
import type { ExportedPoint, ExportedSpan } from './otlp.ts';

let seen: Observed;
beforeAll(async () => {
	seen = await observeLives();
}, 300_000);

const services = ['gateway', 'notification', 'state-engine', 'evidence', 'notifier', 'callback'] as const;
const inTrace = (traceId: string) => seen.spans.filter((span) => span.traceId === traceId);
const bySpanId = () => new Map(seen.spans.map((span) => [span.spanId, span]));
const shortOf = ({ service, kind, name }: ExportedSpan): string =>
	`${service.replace('fefaent-', '')} ${kind} ${name.replace(/^fefaent\.\w+\.v1\./, '').replace(/(send|process|process batch) \S*\.(fefaent\.)/, '$1 $2')}`;

/** The steps of a trace from span to span, each once. */
function stepsOf(traceId: string): ReadonlySet<string> {
	const known = bySpanId();
	return new Set(
		inTrace(traceId).map((span) => {
			const parent = known.get(span.parentSpanId);
			return `${parent ? shortOf(parent) : 'integrator'} > ${shortOf(span)}`;
		}),
	);
}

describe('the trace of a notification', () => {
	it('has spans of all six services, each hanging on another one up to the integrator’s own', () => {
		const ours = inTrace(traces.create);
		expect(new Set(ours.map(({ service }) => service))).toEqual(new Set(services.map((one) => `fefaent-${one}`)));
		const known = bySpanId();
		const loose = ours.filter(({ parentSpanId }) => parentSpanId !== callerSpan && known.get(parentSpanId)?.traceId !== traces.create);
		expect(loose.map(shortOf)).toEqual([]);
	});

	it.each([
		'integrator > gateway SERVER POST /soap/enotum-lite',
		'gateway SERVER POST /soap/enotum-lite > gateway CLIENT NotificationService/Create',
		'gateway CLIENT NotificationService/Create > notification SERVER NotificationService/Create',
		'notification SERVER NotificationService/Create > notification PRODUCER send fefaent.notification.v1',
		'notification PRODUCER send fefaent.notification.v1 > state-engine CONSUMER process fefaent.notification.v1',
		'state-engine CONSUMER process fefaent.notification.v1 > state-engine INTERNAL fire timer',
		'state-engine INTERNAL fire timer > state-engine INTERNAL transition notifications',
		'state-engine INTERNAL transition notifications > state-engine CLIENT NotificationService/Claim',
		'state-engine CLIENT NotificationService/Claim > notification SERVER NotificationService/Claim',
		'state-engine INTERNAL transition notifications > state-engine CLIENT EvidenceService/Issue',
		'state-engine CLIENT EvidenceService/Issue > evidence SERVER EvidenceService/Issue',
		'evidence SERVER EvidenceService/Issue > evidence INTERNAL seal evidences',
		'state-engine CLIENT NotificationService/Complete > notification SERVER NotificationService/Complete',
		'notification SERVER NotificationService/Complete > notification PRODUCER send fefaent.notification.v1',
		'notification PRODUCER send fefaent.notification.v1 > notifier CONSUMER process fefaent.notification.v1',
		'notifier CONSUMER process fefaent.notification.v1 > notifier CLIENT send notice',
		'notification PRODUCER send fefaent.notification.v1 > callback CONSUMER process fefaent.notification.v1',
		'callback CONSUMER process fefaent.notification.v1 > callback INTERNAL deliver callback',
		'callback INTERNAL deliver callback > callback CLIENT POST',
	])('goes %s', (step) => {
		expect([...stepsOf(traces.create)].sort()).toContain(step);
	});

	it('goes on in the request of the decision', () => {
		expect([...stepsOf(traces.accept)]).toEqual(
			expect.arrayContaining([
				'gateway SERVER POST /soap/enotum-lite > gateway CLIENT LifecycleService/Practise',
				'gateway CLIENT LifecycleService/Practise > state-engine SERVER LifecycleService/Practise',
				'state-engine SERVER LifecycleService/Practise > state-engine INTERNAL transition notifications',
				'callback INTERNAL deliver callback > callback CLIENT POST',
			]),
		);
	});

	it('reaches the integrator with its callback', () => {
		const posts = new Map(seen.spans.filter(({ name, kind }) => name === 'POST' && kind === 'CLIENT').map((span) => [span.spanId, span]));
		const told = seen.callbacks.map(({ headers }) => headers.get('traceparent')?.split('-') ?? []);
		expect(told.length).toBeGreaterThanOrEqual(3);
		for (const [, traceId, spanId = ''] of told) expect(posts.get(spanId)?.traceId).toBe(traceId);
		expect(told.map(([, traceId]) => traceId)).toEqual(expect.arrayContaining([traces.create, traces.accept]));
	});

	it('is what fefaent trace names, and goes on through the timers of a reminder and an expiry', () => {
		const traceIds = new Set(seen.timeline.events.map(({ traceId }) => traceId));
		expect(traceIds).toContain(traces.create);
		expect(traceIds).toContain(traces.accept);
		const timers = seen.spans.filter(
			({ name, attributes }) => name === 'fire timer' && attributes['fefaent.notification.id'] === seen.expired,
		);
		expect(timers.map(({ attributes }) => attributes['fefaent.timer'])).toEqual(expect.arrayContaining(['deposit', 'reminder', 'expiry']));
		expect(new Set(timers.filter(({ attributes }) => attributes['fefaent.timer'] === 'deposit').map(({ traceId }) => traceId))).toEqual(
			new Set([traces.together[1]]),
		);
	});

	it('says of failures what they were', () => {
		const failures = seen.spans.flatMap(({ service, failed, attributes }) => (failed ? [`${service} ${attributes['error.type']}`] : []));
		expect(failures).toEqual(expect.arrayContaining([expect.stringMatching(/^fefaent-notifier [A-Z_]+$/), 'fefaent-callback 500']));
	});
});

describe('what is done for several at once', () => {
	it('is linked both ways to what it is done for, each in its own trace and with its own time', () => {
		const known = bySpanId();
		const batches = seen.spans.filter(({ name }) => /^(process batch|fire timers)/.test(name));
		for (const batch of batches) {
			expect(batch.links.length).toBeGreaterThan(1);
			for (const link of batch.links) {
				const item = known.get(link.spanId);
				expect([batch.name, item?.traceId]).toEqual([batch.name, link.traceId]);
				expect(item?.links).toContainEqual({ traceId: batch.traceId, spanId: batch.spanId });
				expect(item && item.end > item.start).toBe(true);
			}
		}
		// The engine was held until all three had come.
		const mixed = batches.filter(
			({ service, links }) => service === 'fefaent-state-engine' && new Set(links.map((one) => one.traceId)).size > 1,
		);
		expect(mixed.length).toBeGreaterThan(0);
		for (const batch of mixed) expect(batch.parentSpanId).toBe('');
	});

	it('can be followed from the trace of one of them through all services', () => {
		const links = new Map<string, Set<string>>();
		for (const { traceId, links: to } of seen.spans) {
			for (const link of to) {
				links.set(traceId, (links.get(traceId) ?? new Set()).add(link.traceId));
				links.set(link.traceId, (links.get(link.traceId) ?? new Set()).add(traceId));
			}
		}
		for (const first of traces.together) {
			const reached = new Set<string>([first]);
			for (const one of reached) for (const next of links.get(one) ?? []) reached.add(next);
			const by = new Set(seen.spans.filter(({ traceId }) => reached.has(traceId)).map(({ service }) => service));
			expect([...by].sort()).toEqual(services.map((one) => `fefaent-${one}`).sort());
		}
	});
});

describe('the registry', () => {
	it('knows every span, with its kind, service and attributes', () => expect(unknownOfSpans(seen.spans, false)).toEqual([]));
	it('knows every metric, with its type, unit, buckets, service and attributes', () =>
		expect(unknownOfMetrics(seen.metrics, false)).toEqual([]));
	it('names no span that is not made', () => {
		const made = new Set(seen.spans.map(({ name }) => registered(name)?.name));
		expect(Object.keys(spanEntries).filter((name) => !made.has(name))).toEqual([]);
	});
	it('names no metric that is not told', () => {
		const told = new Set(seen.metrics.flatMap(({ name, points }) => (points.length > 0 ? [name] : [])));
		expect(Object.keys(metricEntries).filter((name) => !told.has(name))).toEqual([]);
	});
});

describe('the metric', () => {
	/** The last that each process told. */
	const last = (name: string): readonly ExportedPoint[] => {
		const byService = new Map(seen.metrics.filter((one) => one.name === name).map((one) => [one.service, one.points]));
		return [...byService.values()].flat();
	};
	const most = (name: string): number =>
		Math.max(...seen.metrics.filter((one) => one.name === name).flatMap(({ points }) => points.map(({ value }) => value)));

	it.each([
		['fefaent.notification.deposit.duration', 5],
		['fefaent.notifier.notice.duration', 4],
		['fefaent.callback.delivery.duration', 6],
		['fefaent.state_engine.timer.lateness', 5],
	])('%s counts each that waited, from 50 ms to 30 h', (name, least) => {
		const points = last(name);
		expect(points.reduce((sum, { count = 0 }) => sum + count, 0)).toBeGreaterThanOrEqual(least);
		for (const { bounds = [], buckets = [], count } of points) {
			expect([bounds[0], bounds.at(-1)]).toEqual([0.05, 108_000]);
			expect(buckets.reduce((sum, one) => sum + one, 0)).toBe(count);
		}
	});

	it('of notices counts from the deposit: the first e-mail was put off for minutes', () => {
		const emails = last('fefaent.notifier.notice.duration').filter(({ attributes }) => attributes['fefaent.channel'] === 'EMAIL');
		expect(Math.max(...emails.map(({ value }) => value))).toBeGreaterThan(30);
	});

	it('of the signer tells how many wait, and for how long', () => {
		const [point] = last('fefaent.evidence.queue.duration');
		// Since the service was started again.
		expect(point?.count).toBeGreaterThanOrEqual(4);
		expect(point?.value).toBeGreaterThan(0);
		expect(last('fefaent.evidence.queue.depth').map(({ value }) => value)).toEqual([0]);
	});

	it('of dead letters tells each group’s own, and of the lag that nothing is left', () => {
		const groups = (name: string) =>
			Object.fromEntries(
				last(name).map(({ attributes, value }) => [String(attributes['messaging.consumer.group.name']).split('.').at(-1), value]),
			);
		expect(groups('fefaent.bus.dead_letters')).toEqual({ 'state-engine': 1, notifier: 1, callback: 1 });
		expect(groups('fefaent.bus.lag')).toEqual({ 'state-engine': 0, notifier: 0, callback: 0 });
	});

	it.each([
		'fefaent.outbox.depth',
		'fefaent.outbox.oldest.age',
		'fefaent.notification.claim.oldest.age',
		'fefaent.notifier.notice.oldest.age',
	])('%s is back to nothing in the end', (name) => {
		expect(last(name).map(({ value }) => value)).toEqual([0]);
	});

	it.each(['fefaent.notification.claim.oldest.age', 'fefaent.notifier.notice.oldest.age', 'fefaent.callback.delivery.oldest.age'])(
		'%s grew while something waited',
		(name) => expect(most(name)).toBeGreaterThan(0),
	);
});

describe('personal data', () => {
	const found = (text: string): string[] => {
		const low = text.toLowerCase();
		const secrets = { ...personal, apiKey: seen.apiKey };
		return Object.entries(secrets).flatMap(([what, value]) =>
			[value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -1)].some((one) =>
				low.includes(one.toLowerCase()),
			)
				? [what]
				: [],
		);
	};

	it('would be found', () => {
		expect(found(`<${personal.email.toUpperCase()}>`)).toEqual(expect.arrayContaining(['email']));
		expect(found(Buffer.from(`x${personal.letter}`).toString('latin1'))).toEqual(['letter']);
	});

	it('is in no message of a topic, nor in its key and headers', () => {
		const topics = new Set(seen.records.map(({ topic }) => topic.replace(/^.*?\.fefaent/, 'fefaent').replace(/fefaent-test-\w+\./, '')));
		expect([...topics]).toEqual(expect.arrayContaining(['fefaent.notification.v1', 'fefaent.notification.v1.callback.dlq']));
		expect(seen.records.length).toBeGreaterThan(15);
		for (const { topic, key, headers, body } of seen.records)
			expect([topic, found(`${key} ${JSON.stringify(headers)} ${body.toString('latin1')} ${body.toString('utf8')}`)]).toEqual([topic, []]);
	});

	it('is in no line of a log', () => {
		const lines = seen.logs.split('\n');
		// Failures were logged, so there was something to leak.
		expect(seen.logs).toMatch(/a notice failed/);
		expect(seen.logs).toMatch(/a callback failed/);
		expect(lines.filter((line) => found(line).length > 0)).toEqual([]);
	});

	it('is in nothing that was exported', () => {
		expect(seen.exports.length).toBeGreaterThan(50);
		for (const body of seen.exports) expect(found(`${body.toString('latin1')} ${body.toString('utf8')}`)).toEqual([]);
	});
});
