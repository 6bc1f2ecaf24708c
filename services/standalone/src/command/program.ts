import { Command } from 'commander';
import { administrationCommands } from './groups/administrations.ts';
import { clockCommands } from './groups/clock.ts';
import { credentialCommands } from './groups/credentials.ts';
import { demoCommand } from './groups/demo.ts';
import { endpointCommands } from './groups/endpoints.ts';
import { evidenceCommands } from './groups/evidences.ts';
import { issuerCommands } from './groups/issuers.ts';
import { notificationCommands } from './groups/notifications.ts';
import { outboxCommands } from './groups/outbox.ts';
import { redriveCommands } from './groups/redrive.ts';
import { statusCommands } from './groups/status.ts';
import { templateCommands } from './groups/templates.ts';
import { traceCommand } from './groups/trace.ts';
import { upCommand } from './groups/up.ts';
import { verifyCommand } from './groups/verify.ts';

/** The `fefaent` command, whole. */
export function fefaentCommand(): Command {
	const program = new Command('fefaent')
		.description('Administers a Fefaent installation by its admin API.')
		.option('--admin <url>', 'address of the admin API', defaultAdmin(process.env.FEFAENT_ADMIN_PORT))
		.option('--json', 'print results as JSON')
		.addHelpText('after', '\nFEFAENT_ADMIN_TOKEN holds the admin token, where the installation asks for one.');
	// Before the subcommands: they take these over when they are made.
	program.exitOverride().configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'fefaent: ')) });
	program.showHelpAfterError(false);
	const groups = [
		statusCommands,
		issuerCommands,
		credentialCommands,
		administrationCommands,
		endpointCommands,
		templateCommands,
		notificationCommands,
		traceCommand,
		evidenceCommands,
		verifyCommand,
		redriveCommands,
		clockCommands,
		outboxCommands,
		demoCommand,
		upCommand,
	];
	for (const add of groups) add(program);
	return program;
}

/** Where the admin API is unless told: on the port that the installation was told by the same variable. */
function defaultAdmin(port: string | undefined): string {
	return `http://127.0.0.1:${port === undefined || port === '' || port === '0' ? '8081' : port}`;
}
