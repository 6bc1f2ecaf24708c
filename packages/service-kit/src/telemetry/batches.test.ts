import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BatchSpans, withBatchSpans } from './batches.ts';
import { currentTraceparent, traceIdOf } from './spans.ts';
import { startTelemetry } from './start.ts';

const traceId = (n: number) => `0af7651916cd43dd8448eb211c80319${n}`;
const of = (n: number, flags = '01') => `00-${traceId(n)}-b7ad6b7169203331-${flags}`;
const tracer = () => trace.getTracer('test');

/** What was recorded so far. */
interface Recording {
	finished(): Promise<readonly ReadableSpan[]>;
	forget(): void;
}

/** @param sampling values of `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` */
async function recording(...sampling: readonly string[]): Promise<Recording> {
	[process.env.OTEL_TRACES_SAMPLER, process.env.OTEL_TRACES_SAMPLER_ARG] = sampling;
	for (const name of ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'].slice(sampling.length)) delete process.env[name];
	const exporter = new InMemorySpanExporter();
	const telemetry = await startTelemetry({ service: 'test', spanExporter: exporter });
	onTestFinished(async () => {
		await telemetry.stop();
		for (const name of ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG']) delete process.env[name];
	});
	return {
		finished: async () => {
			await telemetry.flush();
			return exporter.getFinishedSpans();
		},
		forget: () => exporter.reset(),
	};
}

const spansOf = (items: readonly (string | undefined)[]): BatchSpans<string | undefined> => ({
	items,
	traceparentOf: (one) => one,
	item: { name: () => 'item', attributes: () => ({}) },
	batch: { name: 'batch', attributes: {} },
});

describe('withBatchSpans', () => {
	it('has the work of one item run in its span', async () => {
		const spans = await recording();
		const [inside, given] = await withBatchSpans(tracer(), spansOf([of(1)]), async ([own]) => [currentTraceparent(), own]);
		const [item, ...others] = await spans.finished();
		expect(others).toEqual([]);
		expect(inside).toBe(given);
		expect(traceIdOf(inside)).toBe(traceId(1));
		expect(item?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
	});

	it('links several of different traces both ways to what is done for them, in a trace of its own', async () => {
		const spans = await recording();
		const given = await withBatchSpans(tracer(), spansOf([of(1), undefined, of(2)]), async (traceparents) => traceparents);
		const [batch] = (await spans.finished()).filter(({ name }) => name === 'batch');
		const items = (await spans.finished()).filter(({ name }) => name === 'item');
		expect(batch?.parentSpanContext).toBeUndefined();
		expect(batch?.links.map(({ context }) => context)).toEqual(items.map((one) => one.spanContext()));
		for (const item of items) expect(item.links.map(({ context }) => context.spanId)).toEqual([batch?.spanContext().spanId]);
		expect(given.map(traceIdOf)).toEqual([traceId(1), items[1]?.spanContext().traceId, traceId(2)]);
	});

	it('stays in the trace that all of them have', async () => {
		const spans = await recording();
		await withBatchSpans(tracer(), spansOf([of(1), of(1)]), async () => undefined);
		expect(new Set((await spans.finished()).map((one) => one.spanContext().traceId))).toEqual(new Set([traceId(1)]));
	});

	it('says which failed, or that all did', async () => {
		const spans = await recording();
		const failure = (_: undefined, index: number) => (index === 1 ? 'TORN' : undefined);
		await withBatchSpans(tracer(), spansOf([of(1), of(2)]), async () => undefined, failure);
		const told = async () => (await spans.finished()).map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]);
		expect(await told()).toEqual([
			['item', SpanStatusCode.UNSET, undefined],
			['item', SpanStatusCode.ERROR, 'TORN'],
			['batch', SpanStatusCode.UNSET, undefined],
		]);
		spans.forget();
		await expect(withBatchSpans(tracer(), spansOf([of(1), of(2)]), () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
		expect(new Set((await told()).map(([, code, type]) => `${code} ${type}`))).toEqual(new Set([`${SpanStatusCode.ERROR} RangeError`]));
	});

	it('adds nothing while telemetry is off', async () => {
		expect(await withBatchSpans(tracer(), spansOf([of(1), undefined]), async (traceparents) => traceparents)).toEqual([of(1), undefined]);
	});
});

describe('sampling', () => {
	const names = async (spans: Recording) => (await spans.finished()).map(({ name }) => name);

	it('follows a trace that was chosen into the batches that it meets others in', async () => {
		const spans = await recording('parentbased_traceidratio', '0');
		await withBatchSpans(tracer(), spansOf([of(1), of(2, '00')]), async () => undefined);
		expect(await names(spans)).toEqual(['item', 'batch']);
	});

	it.each([
		['parentbased_traceidratio', '0'],
		['parentbased_always_on', ''],
		['parentbased_always_off', ''],
		['always_off', ''],
	])('by %s %s leaves alone what nobody chose, and passes on that it was not', async (...sampling) => {
		const spans = await recording(...sampling);
		const given = await withBatchSpans(tracer(), spansOf([of(1, '00'), of(2, '00')]), async (traceparents) => [
			...traceparents,
			currentTraceparent(),
		]);
		expect(await names(spans)).toEqual([]);
		for (const one of given) expect(one).toMatch(/-00$/);
	});

	it.each([
		['always_on', '', 'item'],
		['parentbased_traceidratio', '1', 'item'],
		['parentbased_traceidratio', 'nonsense', 'item'],
		['traceidratio', '0', undefined],
		['parentbased_always_off', '', undefined],
		['no such', '', 'item'],
	])('of new traces is decided by %s %s', async (sampler, arg, wanted) => {
		const spans = await recording(sampler, arg);
		await withBatchSpans(tracer(), spansOf([undefined]), async () => undefined);
		expect((await names(spans))[0]).toBe(wanted);
	});
});
