import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
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
	const root = pino(
		{
			level,
			base: { service },
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }), log: redact },
			// Errors are already plain here: pino's own serializer would look for a stack on them again.
			serializers: { err: (error: unknown) => error },
			mixin: spanIds,
		},
		pretty ? prettyDestination(stream) : stream,
	);
	return wrap(root);
}

/** Pino's formatters do not see what a child adds, so it is masked on the way in. */
function wrap(logger: Pino): Logger {
	return {
		debug: logger.debug.bind(logger),
		info: logger.info.bind(logger),
		warn: logger.warn.bind(logger),
		error: logger.error.bind(logger),
		child: (fields) => wrap(logger.child(redact(fields))),
	};
}

/** Ids of the active span, so that a line is found from its trace and the other way round. */
function spanIds(): object {
	const context = trace.getActiveSpan()?.spanContext();
	return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
}
