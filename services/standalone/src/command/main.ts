import { CommanderError } from 'commander';
import { CommandFailure } from './failure.ts';
import { fefaentCommand } from './program.ts';

/** Runs the command line and answers the exit code; every failure is one line on standard error. */
async function main(): Promise<number> {
	try {
		await fefaentCommand().parseAsync(process.argv);
		return 0;
	} catch (error) {
		// commander has said what was wrong, or shown the help that was asked for.
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		const failure = error instanceof CommandFailure ? error : undefined;
		process.stderr.write(`fefaent: ${failure?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
		return failure?.exitCode ?? 1;
	}
}

process.exitCode = await main();
