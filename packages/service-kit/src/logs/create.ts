import { trace } from '@opentelemetry/api';
import { type DestinationStream, pino } from 'pino';
import type { Logger, LogLevel } from './logger.ts';
import { prettyDestination } from './pretty.ts';
import { redact } from './redact.ts';

/** What a logger is made of. */
export interface LoggerOptions {
	/** Name of the service, written on each line. */
	readonly service: string;
	/** Lines below it are not written. Default `info`. */
	readonly level?: LogLevel;
	/** Lines for people instead of JSON. Default false. */
	readonly pretty?: boolean;
	/** Where lines go: 1 for standard output (the default), 2 for standard error, or a stream of one's own. */
	readonly destination?: 1 | 2 | DestinationStream;
}

/**
 * A logger that writes JSON lines with an ISO 8601 time, the level's name, the active span's ids, and personal data masked. Lines are buffered
 * while the previous ones are written, and flushed when the process exits.
 */
export function createLogger({ service, level = 'info', pretty = false, destination = 1 }: LoggerOptions): Logger {
	const stream = typeof destination === 'number' ? pino.destination({ fd: destination, sync: false }) : destination;
	return pino(
		{
			level,
			base: { service },
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }), log: redact, bindings: redact },
			// Errors are already plain here: pino's own serializer would look for a stack on them again.
			serializers: { err: (error: unknown) => error },
			mixin: spanIds,
		},
		pretty ? prettyDestination(stream) : stream,
	);
}

/** Ids of the active span, so that a line is found from its trace and the other way round. */
function spanIds(): object {
	const context = trace.getActiveSpan()?.spanContext();
	return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
}
