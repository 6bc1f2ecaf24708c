import { acceptCallback, eventually, startCallbackReceiver, startSmtpSink, temporaryFolder } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandaloneProcess } from '../support/process.ts';
import { createRequest, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';
import { unknownOfMetrics, unknownOfSpans } from './against-registry.ts';
import { type Collector, startCollector } from './collector.ts';
import { type ExportedMetric, type ExportedSpan, resourceOf } from './otlp.ts';

/** What a recipient is known by. */
const personal = ['39876543V', 'Hermenegilda', 'Bragulat', 'hermenegilda@recipients.example', '655443322'];
const [nif, name, surname, email, phone] = personal;
const recipient = `<Destinatari><PersonaFisica><BustiaCorreu>${email}</BustiaCorreu><Telefon>${phone}</Telefon><DocumentIdentificatiu><NIF>${nif}</NIF></DocumentIdentificatiu><Nom>${name}</Nom><PrimerCognom>${surname}</PrimerCognom></PersonaFisica></Destinatari>`;
/** The caller's own trace. */
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';

let collector: Collector;
let spans: readonly ExportedSpan[];
let metrics: readonly ExportedMetric[];
const exported = (signal: string) => collector.requests.filter(({ path }) => path === `/v1/${signal}`);

/** A whole life, with a mailbox that is refused and a receiver that is down at first, told to a real collector by a real process. */
beforeAll(async () => {
	await using folder = temporaryFolder();
	await using mail = await startSmtpSink();
	await using receiver = await startCallbackReceiver({ respond: acceptCallback });
	collector = await startCollector();
	mail.failWith(({ stage }) => (stage === 'rcpt' ? { code: 550, message: `5.1.1 <${email}> unknown` } : undefined));
	receiver.respondWith((request) => (request.index === 0 ? { status: 500, body: `${name} ${nif}` } : acceptCallback(request)));
	const fefaent = await startStandaloneProcess({
		dataDir: folder.path,
		env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}` },
	});
	await using child = fefaent.child;
	await fefaent.admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });
	const soap = soapCaller(fefaent.publicUrl, { headers: { traceparent: `00-${traceId}-${callerSpan}-01` } });
	const [id = 0] = createdIds((await soap.call(createRequest([{ recipients: recipient, title: `Multa a ${name}` }]))).body);
	await receiver.waitFor(1, 10_000);
	// One that is wrong, so that failures are told too.
	const wrong = createRequest([{ recipients: recipient.replace(nif ?? '', '39876543A') }]);
	expect(texts((await soap.call(wrong)).body, 'CodiError')).toEqual(['NOT_03']);
	await eventually(async () =>
		expect(texts((await soap.call(practiseRequest([{ id, decision: 'ACCEPTAR' }]))).body, 'CodiError')).toEqual([]),
	);
	await fefaent.advance('P1D');
	await fefaent.settle();
	soap.close();
	// What is not yet sent then is sent before the end.
	child.kill('SIGTERM');
	expect(await child.waitExit()).toEqual({ code: 0, signal: null });
	spans = collector.spans();
	metrics = collector.metrics();
}, 60_000);
afterAll(() => collector?.[Symbol.asyncDispose]());

describe('what a standalone process tells an OTLP collector', () => {
	it('is protobuf, and says who tells it', () => {
		expect(exported('traces').length).toBeGreaterThan(0);
		expect(exported('metrics').length).toBeGreaterThan(0);
		for (const { headers, body } of collector.requests) {
			expect(headers.get('content-type')).toBe('application/x-protobuf');
			expect(resourceOf(body)).toMatchObject({ 'service.name': 'fefaent' });
		}
	});

	it('holds a create and what follows from it in every service as one trace, the caller’s', () => {
		const ours = spans.filter((span) => span.traceId === traceId);
		const byId = new Map(ours.map((span) => [span.spanId, span]));
		// Each hangs on another of the trace, up to the caller's own.
		for (const { name: what, parentSpanId } of ours)
			expect([what, byId.has(parentSpanId) || parentSpanId === callerSpan]).toEqual([what, true]);
		const named = (pattern: RegExp) => ours.filter((span) => pattern.test(span.name)).map(({ scope }) => scope);
		expect(named(/^POST \/soap\/enotum-lite$/)).toContain('fefaent.gateway');
		expect(named(/NotificationService\/Create$/)).not.toEqual([]);
		expect(named(/^send fefaent\.notification\.v1$/)).toContain('fefaent.event-bus');
		expect(named(/^process fefaent\.notification\.v1$/)).toContain('fefaent.event-bus');
		expect(named(/^fire timer$/)).toContain('fefaent.state-engine');
		expect(named(/^transition notifications$/)).toContain('fefaent.state-engine');
		expect(named(/EvidenceService\/Issue$/)).not.toEqual([]);
		expect(named(/^seal evidences$/)).toContain('fefaent.evidence');
		expect(named(/^send notice$/)).toContain('fefaent.notifier');
		expect(named(/^deliver callback$/)).toContain('fefaent.callback');
	});

	it('is known to the registry, to the last attribute', () => {
		expect(unknownOfSpans(spans, true)).toEqual([]);
		expect(unknownOfMetrics(metrics, true)).toEqual([]);
	});

	it.each([
		'fefaent.gateway.enotumlite.requests',
		'fefaent.notification.changes',
		'fefaent.notification.deposit.duration',
		'fefaent.state_engine.decisions',
		'fefaent.evidence.sealed',
		'fefaent.evidence.sealing.duration',
		'fefaent.notifier.attempts',
		'fefaent.callback.attempts',
	])('holds the metric %s', (wanted) => {
		expect(metrics.filter((metric) => metric.name === wanted && metric.points.length > 0)).not.toEqual([]);
	});

	it('holds no personal data, in no attribute and nowhere else', () => {
		const attributes = [
			...spans.map((span) => span.attributes),
			...metrics.flatMap(({ points }) => points.map((point) => point.attributes)),
		].flatMap((one) => Object.values(one).map(String));
		expect(attributes.length).toBeGreaterThan(50);
		for (const text of [...attributes, ...collector.requests.map(({ body }) => body.toString('latin1'))]) {
			expect(personal.filter((one) => text.toLowerCase().includes(one.toLowerCase()))).toEqual([]);
		}
		// The failures were told, so there was something to leak.
		expect(attributes).toEqual(expect.arrayContaining(['HTTP_SERVER_ERROR']));
	});
});
