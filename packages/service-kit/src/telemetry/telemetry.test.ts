import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@fefaent/kernel';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../logs/logger.ts';
import { bind } from '../rpc/binding.ts';
import { Call, callStorage } from '../rpc/call.ts';
import { type Note, NoteServiceDefinition, note } from '../rpc/conformance/service.ts';
import { currentCall } from '../rpc/context.ts';
import { grpcClient, serveGrpc } from '../rpc/grpc.ts';
import { inProcessClient } from '../rpc/in-process.ts';
import { contextFromTraceparent, currentTraceparent, withSpan } from './spans.ts';
import { startTelemetry } from './start.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const tracer = () => trace.getTracer('test');

async function recording() {
	const exporter = new InMemorySpanExporter();
	const metricReader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE) });
	const telemetry = await startTelemetry({ service: 'test', spanExporter: exporter, metricReader });
	onTestFinished(() => telemetry.stop());
	return {
		metricReader,
		flush: telemetry.flush,
		named: (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name),
		all: () => exporter.getFinishedSpans(),
	};
}

const service = bind(NoteServiceDefinition, {
	echo: async (request: Note) => request,
	act: async () => note({ text: currentTraceparent() ?? 'none' }),
	relay: async () => {
		throw new DomainError('NOTE_TORN', 'conflict', 'torn');
	},
});

describe('telemetry off', () => {
	it('is off without an endpoint', async () => {
		const telemetry = await startTelemetry({ service: 'test', endpoint: undefined });
		expect(telemetry.enabled).toBe(false);
		await telemetry.stop();
	});

	it('runs work as it is, and still passes a trace on', async () => {
		const call = new Call('tester', Date.now() + 1_000, parent);
		const client = inProcessClient(service, { caller: 'test' });
		const { text } = await callStorage.run(call, () => withSpan(tracer(), 'work', {}, () => client.act(note({}))));
		expect(text).toBe(parent);
	});

	it('loads neither the SDK nor gRPC with the kit', () => {
		const index = fileURLToPath(new URL('../index.ts', import.meta.url));
		const script = `
			const { registerHooks } = await import('node:module');
			registerHooks({ load: (url, context, next) => { console.log(url); return next(url, context); } });
			await import(${JSON.stringify(index)});`;
		const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
		expect(stdout).toContain('pino');
		expect(stdout).not.toMatch(/grpc-js|sdk-node|sdk-trace|protobufjs/);
	});
});

describe('withSpan', () => {
	it('nests, names the parent given, and links', async () => {
		const spans = await recording();
		await withSpan(
			tracer(),
			'outer',
			{ parent, kind: SpanKind.CONSUMER, attributes: { a: 1 }, links: [parent, undefined, 'garbage'] },
			() => withSpan(tracer(), 'inner', {}, async () => {}),
		);
		await spans.flush();
		const [outer] = spans.named('outer');
		const [inner] = spans.named('inner');
		expect(outer?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
		expect(outer?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
		expect(outer).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { a: 1 } });
		expect(outer?.links.map((link) => link.context.spanId)).toEqual(['b7ad6b7169203331']);
		expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
	});

	it('tells the kind of a failure but not its message', async () => {
		const spans = await recording();
		const torn = new DomainError('NOTE_TORN', 'conflict', 'secret');
		await expect(withSpan(tracer(), 'fails', {}, () => Promise.reject(torn))).rejects.toBe(torn);
		await spans.flush();
		const [span] = spans.named('fails');
		expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
		expect(span?.attributes).toMatchObject({ 'error.type': 'NOTE_TORN' });
		expect(span?.events).toEqual([]);
	});

	it('answers the traceparent of the active span', async () => {
		await recording();
		await withSpan(tracer(), 'work', { parent }, async (span) => {
			expect(currentTraceparent()).toBe(`00-0af7651916cd43dd8448eb211c80319c-${span.spanContext().spanId}-01`);
		});
		expect(currentTraceparent()).toBeUndefined();
	});
});

describe('contextFromTraceparent', () => {
	it.each([undefined, '', 'x', parent.replace('00-', 'ff-'), parent.replace(/0af\w+/, '0'.repeat(32)), `${parent}f`, parent.toUpperCase()])(
		'has no parent for %s',
		(text) => expect(trace.getSpanContext(contextFromTraceparent(text))).toBeUndefined(),
	);

	it('reads a later version with more fields', () => {
		const read = trace.getSpanContext(contextFromTraceparent(`${parent.replace('00-', '01-')}-more`));
		expect(read).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1, isRemote: true });
	});
});

describe('calls', () => {
	it('make one span in process, whose trace the handler sees', async () => {
		const spans = await recording();
		const { text } = await inProcessClient(service, { caller: 'test' }).act(note({}));
		await spans.flush();
		expect(spans.all()).toHaveLength(1);
		const [span] = spans.named(`${NoteServiceDefinition.fullName}/Act`);
		expect(span?.kind).toBe(SpanKind.INTERNAL);
		expect(text).toContain(span?.spanContext().spanId);
	});

	it('make a client span and a server span over gRPC, in one trace, and are measured', async () => {
		const spans = await recording();
		const server = await serveGrpc([service], {
			host: '127.0.0.1',
			port: 0,
			logger: silentLogger,
			health: { readiness: async () => ({ ready: true, checks: [] }) },
		});
		const client = grpcClient(NoteServiceDefinition, { address: `127.0.0.1:${server.port}`, caller: 'test' });
		await withSpan(tracer(), 'request', {}, () => client.act(note({})));
		await expect(client.relay(note({}))).rejects.toMatchObject({ reason: 'NOTE_TORN' });
		client.close();
		await server.stop();
		await spans.flush();
		const [request] = spans.named('request');
		const [sent] = spans.named(`${NoteServiceDefinition.fullName}/Act`).filter((span) => span.kind === SpanKind.CLIENT);
		const [answered] = spans.named(`${NoteServiceDefinition.fullName}/Act`).filter((span) => span.kind === SpanKind.SERVER);
		expect(sent?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
		expect(answered?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
		expect(answered?.attributes).toMatchObject({
			'rpc.system.name': 'grpc',
			'rpc.method': `${NoteServiceDefinition.fullName}/Act`,
			'fefaent.caller': 'test',
		});
		const refused = spans.named(`${NoteServiceDefinition.fullName}/Relay`);
		expect(
			new Set(
				refused.map(({ kind, status, attributes }) => [
					kind,
					status.code,
					attributes['error.type'],
					attributes['rpc.response.status_code'],
				]),
			),
		).toEqual(
			new Set([
				// The server did what it is there for; the client did not get what it asked for.
				[SpanKind.SERVER, SpanStatusCode.UNSET, undefined, 'ABORTED'],
				[SpanKind.CLIENT, SpanStatusCode.ERROR, 'NOTE_TORN', 'ABORTED'],
			]),
		);

		const { resourceMetrics } = await spans.metricReader.collect();
		const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
		expect(metrics.map((metric) => metric.descriptor.name).sort()).toEqual(['rpc.client.call.duration', 'rpc.server.call.duration']);
	});

	it('are no longer recorded once telemetry is stopped', async () => {
		const exporter = new InMemorySpanExporter();
		const telemetry = await startTelemetry({ service: 'test', spanExporter: exporter });
		await expect(startTelemetry({ service: 'test', spanExporter: exporter })).rejects.toThrow('already started');
		await telemetry.stop();
		await inProcessClient(service, { caller: 'test' }).act(note({}));
		expect(exporter.getFinishedSpans()).toEqual([]);
		expect(currentCall()).toBeUndefined();
	});
});

describe('OTLP', () => {
	it('sends traces and metrics to the endpoint', async () => {
		const paths = new Set<string>();
		const collector = createServer((request, response) => {
			paths.add(`${request.url} ${request.headers['content-type']}`);
			request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
		}).listen(0, '127.0.0.1');
		await once(collector, 'listening');
		onTestFinished(() => void collector.close());
		const address = collector.address();
		const telemetry = await startTelemetry({
			service: 'test',
			endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
		});
		const server = await serveGrpc([service], {
			host: '127.0.0.1',
			port: 0,
			logger: silentLogger,
			health: { readiness: async () => ({ ready: true, checks: [] }) },
		});
		const client = grpcClient(NoteServiceDefinition, { address: `127.0.0.1:${server.port}`, caller: 'test' });
		await client.echo(note({}));
		client.close();
		await server.stop();
		await telemetry.stop();
		expect([...paths].sort()).toEqual(['/v1/metrics application/x-protobuf', '/v1/traces application/x-protobuf']);
	});
});
