import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it } from 'vitest';
import { withSpan } from '../telemetry/spans.ts';
import { startTelemetry, type Telemetry } from '../telemetry/start.ts';
import { createLogger, type LoggerOptions } from './create.ts';
import { isSensitive, redacted, scrub } from './redact.ts';

function logging(options: Partial<LoggerOptions> = {}) {
	const written: string[] = [];
	const logger = createLogger({
		service: 'gateway',
		level: 'debug',
		destination: { write: (line) => void written.push(line) },
		...options,
	});
	return { logger, written, lines: () => written.map((line): Record<string, unknown> => JSON.parse(line)) };
}

describe('createLogger', () => {
	it('writes JSON lines with service, level and an ISO time', () => {
		const { logger, lines } = logging();
		logger.info('listening');
		logger.warn({ port: 8080 }, 'slow');
		expect(lines()).toMatchObject([
			{ level: 'info', service: 'gateway', msg: 'listening', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) },
			{ level: 'warn', port: 8080, msg: 'slow' },
		]);
	});

	it('leaves out what is below its level', () => {
		const { logger, written } = logging({ level: 'warn' });
		logger.info('no');
		logger.error('yes');
		expect(written).toHaveLength(1);
	});

	it('masks personal data and secrets at any depth, in children too', () => {
		const { logger, written, lines } = logging();
		const child = logger.child({ issuer: 'DEMO', recipientEmail: 'anna@example.cat' });
		child.info(
			{ to: 'anna@example.cat', list: [{ deep: { nif: '12345678Z', 'api-key': 'hunter2', id: 7 } }], pfx: Buffer.from('hunter2') },
			'sent',
		);
		expect(written.join()).not.toMatch(/anna|12345678Z|hunter2/);
		expect(lines()).toMatchObject([{ issuer: 'DEMO', recipientEmail: redacted, list: [{ deep: { nif: redacted, id: 7 } }] }]);
	});

	it('writes an error with its causes, without what libraries hang on it and without personal data', () => {
		const { logger, written, lines } = logging();
		const cause = Object.assign(new Error('550 no such user anna@example.cat'), { code: 'EENVELOPE', rejected: ['anna@example.cat'] });
		logger.error({ err: new Error('not sent to +34 600 123 456', { cause }) }, 'failed');
		expect(written.join()).not.toMatch(/anna|600 123/);
		expect(lines()).toMatchObject([
			{
				err: {
					type: 'Error',
					message: `not sent to ${redacted}`,
					stack: expect.stringContaining('logs.test.ts'),
					cause: { code: 'EENVELOPE' },
				},
			},
		]);
		expect(lines()[0]).not.toHaveProperty('err.cause.rejected');
	});

	it('survives a circular value, a bigint and bytes', () => {
		const { logger, lines } = logging();
		const circle: { self?: unknown } = {};
		circle.self = circle;
		logger.info({ circle, big: 10n, data: new Uint8Array(3), map: new Map([['a', 1]]), at: new Date(0) }, 'odd');
		expect(lines()).toMatchObject([{ big: '10', data: '[3 bytes]', map: { a: 1 }, at: '1970-01-01T00:00:00.000Z', msg: 'odd' }]);
	});

	it('writes lines for people when pretty', () => {
		const { logger, written } = logging({ pretty: true });
		logger.info({ port: 8080, tags: ['a'] }, 'listening');
		logger.error({ err: new Error('broken') }, 'stopped');
		expect(written[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} \S*INFO\s.*gateway: listening port=8080 tags=\["a"\]\n$/);
		expect(written[1]).toContain('stopped\n  Error: broken\n');
	});
});

describe('trace ids', () => {
	let telemetry: Telemetry | undefined;
	afterEach(() => telemetry?.stop());

	it('are on lines written inside a span, and only there', async () => {
		telemetry = await startTelemetry({ service: 'test', spanExporter: new InMemorySpanExporter() });
		const { logger, lines } = logging();
		const ids = await withSpan(trace.getTracer('test'), 'work', {}, async (span) => {
			await Promise.resolve();
			logger.info('inside');
			return span.spanContext();
		});
		context.with(ROOT_CONTEXT, () => logger.info('outside'));
		expect(lines()).toMatchObject([{ trace_id: ids.traceId, span_id: ids.spanId }, { msg: 'outside' }]);
		expect(lines()[1]).not.toHaveProperty('trace_id');
	});
});

describe('isSensitive', () => {
	it.each([
		'email',
		'Email',
		'recipient_email',
		'phone',
		'nif',
		'NIF',
		'name',
		'authorization',
		'x-api-key',
		'apiKey',
		'password',
		'pfx',
		'fullName',
	])('%s is', (field) => expect(isSensitive(field)).toBe(true));
	it.each(['id', 'notificationId', 'state', 'fileName', 'jobName', 'elevation', 'opinion', 'port', 'token_count', 'reason'])(
		'%s is not',
		(field) => expect(isSensitive(field)).toBe(false),
	);
});

describe('scrub', () => {
	it.each([
		['mail to a.b+c@x.example.cat bounced', `mail to ${redacted} bounced`],
		['call +34600123456', `call ${redacted}`],
		['NIF 12345678Z, NIE X-1234567-L, CIF A58818501', `NIF ${redacted}, NIE ${redacted}, CIF ${redacted}`],
		['notification 12345678 took 20261122 ms', 'notification 12345678 took 20261122 ms'],
		['id 01890a5d-ac96-774b-bcce-b302099a8057', 'id 01890a5d-ac96-774b-bcce-b302099a8057'],
		['id 12345678-ac96-774b-bcce-b302099a8057', 'id 12345678-ac96-774b-bcce-b302099a8057'],
		['at 127.0.0.1:8080', 'at 127.0.0.1:8080'],
	])('%s', (text, clean) => expect(scrub(text)).toBe(clean));
});
