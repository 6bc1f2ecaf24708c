import type { DestinationStream } from 'pino';

const colours: Readonly<Record<string, number>> = { debug: 90, info: 32, warn: 33, error: 31, fatal: 31 };
const shownApart = new Set(['level', 'time', 'service', 'msg', 'err']);

/** Turns JSON lines into lines for people: `10:20:30.400 INFO  gateway: listening port=8080`, then an error's stack. */
export function prettyDestination(stream: DestinationStream, colour = process.stdout.isTTY === true): DestinationStream {
	return { write: (line: string) => stream.write(prettyLine(line, colour)) };
}

function prettyLine(line: string, colour: boolean): string {
	const entry: Record<string, unknown> = JSON.parse(line);
	const level = String(entry.level);
	const time = String(entry.time).slice(11, 23);
	const label = level.toUpperCase().padEnd(5);
	const fields = Object.entries(entry)
		.filter(([name]) => !shownApart.has(name))
		.map(([name, value]) => ` ${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
	const painted = colour ? `\u001b[${colours[level] ?? 0}m${label}\u001b[0m` : label;
	return `${time} ${painted} ${String(entry.service)}: ${String(entry.msg ?? '')}${fields.join('')}\n${errorText(entry.err)}`;
}

function errorText(error: unknown): string {
	if (typeof error !== 'object' || error === null) return '';
	const text: unknown = Reflect.get(error, 'stack') ?? Reflect.get(error, 'message');
	return typeof text === 'string' ? `  ${text.replaceAll('\n', '\n  ')}\n` : '';
}
