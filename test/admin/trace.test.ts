import type { adminApi } from '@fefaent/gateway';
import { acceptCallback, eventually, startCallbackReceiver, startHttpRecorder, temporaryFolder } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { createRequest, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';
import { runFefaent } from './fefaent.ts';

/** The traces of the two callers: who creates, and who accepts. */
const creation = '0af7651916cd43dd8448eb211c80319c';
const acceptance = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = (traceId: string) => ({ headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });

interface Traced extends adminApi.Timeline {
	readonly traces: readonly { readonly traceId: string; readonly from: string; readonly to: string; readonly events: number }[];
}

const opened = new AsyncDisposableStack();
let fefaent: StandaloneProcess;
let id: number;
const trace = (...more: readonly string[]) =>
	runFefaent(['trace', String(id), ...more], { FEFAENT_ADMIN_PORT: new URL(fefaent.adminUrl).port });

beforeAll(async () => {
	const folder = opened.use(temporaryFolder());
	const collector = await startHttpRecorder({ respond: () => ({ headers: { 'content-type': 'application/x-protobuf' } }) });
	opened.defer(() => collector.close());
	const receiver = opened.use(await startCallbackReceiver({ respond: acceptCallback }));
	fefaent = await startStandaloneProcess({ dataDir: folder.path, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
	opened.use(fefaent.child);
	await fefaent.admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });
	const creating = soapCaller(fefaent.publicUrl, headers(creation));
	[id = 0] = createdIds((await creating.call(createRequest([{}]))).body);
	creating.close();
	await fefaent.settle();
	const accepting = soapCaller(fefaent.publicUrl, headers(acceptance));
	await eventually(async () =>
		expect(texts((await accepting.call(practiseRequest([{ id, decision: 'ACCEPTAR' }]))).body, 'CodiError')).toEqual([]),
	);
	accepting.close();
	await fefaent.settle();
});
afterAll(() => opened.disposeAsync());

describe('fefaent trace', () => {
	test('tells of each event whose call caused it, through every service', async () => {
		const ran = await trace('--json');
		expect([ran.code, ran.err]).toEqual([0, '']);
		const { events, traces } = ran.json<Traced>();
		const of = (event: string) => [...new Set(events.filter((one) => one.event === event).map(({ traceId }) => traceId))];
		// The deposit came by a timer, the notices and callbacks by the events of the change.
		for (const event of ['entered', 'claimed', 'deposited', 'email first sent', 'sms first sent', 'deposited attempt 1 delivered'])
			expect([event, of(event)]).toEqual([event, event === 'claimed' ? [creation, acceptance] : [creation]]);
		for (const event of ['accepted', 'accepted to be told', 'accepted attempt 1 delivered', 'retention'])
			expect([event, of(event)]).toEqual([event, [acceptance]]);
		expect(events.filter(({ traceId }) => traceId === undefined)).toEqual([]);
		expect(traces.map(({ traceId }) => traceId)).toEqual([creation, acceptance]);
		expect(traces.reduce((sum, one) => sum + one.events, 0)).toBe(events.length);
	});

	test('shows people the traces first, then the way', async () => {
		const { out } = await trace();
		expect(out).toMatch(new RegExp(`^trace +from +to +events\\n${creation} .*\\n${acceptance} `, 'm'));
		expect(out).toMatch(new RegExp(` {2}deposited +${creation}$`, 'm'));
		expect(out).toMatch(new RegExp(` \\(to come\\) +timer +retention +${acceptance}$`, 'm'));
	});
});
