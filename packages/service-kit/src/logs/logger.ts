/** Fields of a log line: ids, states, counts. Personal data does not belong there, and known names of it are masked. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line: fields (an error goes under `err`), then what happened in plain words. */
export interface LogMethod {
	(message: string): void;
	(fields: LogFields, message: string): void;
}

/** What product code logs with. */
export interface Logger {
	readonly debug: LogMethod;
	readonly info: LogMethod;
	readonly warn: LogMethod;
	readonly error: LogMethod;
	/** A logger that adds `fields` to each line. */
	child(fields: LogFields): Logger;
}

/** Names of levels, from the most talkative. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

const nothing = (): void => {};

/** A logger that writes nothing. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLogger };
