import { type Command, InvalidArgumentError } from 'commander';
import { type AdminClient, adminClient } from './client.ts';
import { consoleOutput, type Output } from './output.ts';

/** What an action works with. */
export interface Context {
	readonly admin: AdminClient;
	readonly output: Output;
}

/** Makes an action of a command: it gets the context, then the arguments and the options, as commander gives them. */
export function action<A extends readonly unknown[]>(run: (context: Context, ...rest: A) => Promise<void>) {
	return async (...given: unknown[]): Promise<void> => {
		const command = given.pop() as Command;
		const { admin, json } = command.optsWithGlobals<{ admin: string; json?: boolean }>();
		// commander gives what the command declares, which is what the action names.
		await run(
			{ admin: adminClient(admin, process.env.FEFAENT_ADMIN_TOKEN), output: consoleOutput(json ?? false) },
			...(given as unknown as A),
		);
	};
}

/** Reads an option that is a whole number. */
export function wholeNumber(text: string): number {
	if (!/^\d{1,16}$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
	return Number(text);
}

/** Reads an option that is an instant, or a day by its first instant in UTC. @returns ISO 8601 in UTC */
export function isoInstant(text: string): string {
	const written = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
	const at = new Date(written ? text : Number.NaN);
	if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('an instant is expected: 2026-11-21, or 2026-11-21T08:00:00Z.');
	return at.toISOString();
}

/** Reads an option that is yes or no. */
export function yesOrNo(text: string): boolean {
	if (/^(true|yes|on)$/i.test(text)) return true;
	if (/^(false|no|off)$/i.test(text)) return false;
	throw new InvalidArgumentError('yes or no is expected.');
}

/** Reads an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
	return [...before, text];
}

/** Reads an option of numbers that may be given several times. */
export function collectNumbers(text: string, before: readonly number[] = []): readonly number[] {
	return [...before, wholeNumber(text)];
}
