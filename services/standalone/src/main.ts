import { createLogger, exitCodes, refusalOf, runUntilStopped } from '@fefaent/service-kit';
import { quickstartText } from './quickstart.ts';
import { readSettings, slips, withQuickstart } from './settings.ts';
import { type Standalone, startStandalone } from './start.ts';

/** Starts a standalone installation from the environment and runs it until it is told to stop. */
async function main(): Promise<void> {
	const { standalone, gateway } = readSettings(withQuickstart(process.env));
	const logger = createLogger({ service: 'standalone', level: standalone.FEFAENT_LOG_LEVEL, destination: 2 });
	for (const slip of slips(process.env)) logger.warn(slip);
	let fefaent: Standalone | undefined;
	await runUntilStopped({
		logger,
		timeoutMs: standalone.FEFAENT_STOP_TIMEOUT,
		start: async () => {
			fefaent = await startStandalone({ env: process.env, logger }).catch(refuseToStart);
			const { FEFAENT_DATA_DIR: dataDir, FEFAENT_SANDBOX: sandbox } = standalone;
			process.stdout.write(`${quickstartText(fefaent, { dataDir, sandbox, openLoopback: gateway.FEFAENT_OPEN_LOOPBACK })}\n`);
		},
		stop: async () => fefaent?.stop(),
	});
}

/** What the operator can mend is told in plain words, without a stack, with the exit code of wrong settings. */
function refuseToStart(error: unknown): never {
	const refusal = refusalOf(error);
	if (refusal === undefined) throw error;
	process.stderr.write(`${refusal}\n`);
	process.exit(exitCodes.refused);
}

await main().catch(refuseToStart);
