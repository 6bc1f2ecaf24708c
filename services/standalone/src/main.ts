import { DomainError } from '@fefaent/kernel';
import { ConfigError, createLogger, runUntilStopped } from '@fefaent/service-kit';
import { quickstartText } from './quickstart.ts';
import { readSettings, slips, withQuickstart } from './settings.ts';
import { type Standalone, startStandalone } from './start.ts';

/** Starts a standalone installation from the environment and runs it until it is told to stop. */
async function main(): Promise<void> {
	const { standalone } = readSettings(withQuickstart(process.env));
	const logger = createLogger({ service: 'standalone', level: standalone.FEFAENT_LOG_LEVEL, destination: 2 });
	for (const slip of slips(process.env)) logger.warn(slip);
	let fefaent: Standalone | undefined;
	await runUntilStopped({
		logger,
		timeoutMs: standalone.FEFAENT_STOP_TIMEOUT,
		start: async () => {
			fefaent = await startStandalone({ env: process.env, logger }).catch(refuseToStart);
			process.stdout.write(`${quickstartText(fefaent, standalone.FEFAENT_DATA_DIR, standalone.FEFAENT_SANDBOX)}\n`);
		},
		stop: async () => fefaent?.stop(),
	});
}

/** What the operator can mend is told in plain words, without a stack, with the exit code of wrong settings. */
function refuseToStart(error: unknown): never {
	if (!(error instanceof ConfigError || error instanceof DomainError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exit(2);
}

await main().catch(refuseToStart);
