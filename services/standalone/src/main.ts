import { DomainError } from '@fefaent/kernel';
import { ConfigError, createLogger, runUntilStopped } from '@fefaent/service-kit';
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
	const { code, port, address } = error as NodeJS.ErrnoException & { readonly port?: number; readonly address?: string };
	const known = error instanceof ConfigError || error instanceof DomainError;
	if (!known && code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
	const told = known ? error.message : `port ${port} of ${address} cannot be opened: ${code === 'EACCES' ? 'not allowed' : 'it is taken'}`;
	process.stderr.write(`${told}\n`);
	process.exit(2);
}

await main().catch(refuseToStart);
