import { join } from 'node:path';
import type { Command } from 'commander';
import { action, wholeNumber } from '../context.ts';

interface Options {
	readonly issuer: string;
	readonly email: string;
	readonly public?: string;
	readonly expire?: boolean;
	readonly patience: number;
	readonly out: string;
}

/** Adds `fefaent demo`. */
export function demoCommand(program: Command): void {
	program
		.command('demo')
		.description('play a whole life against a running installation: create, e-mail, acceptance, evidence, callbacks')
		.option('--issuer <code>', 'who notifies', 'DEMO')
		.option('--email <address>', 'whom to tell', 'maria@example.org')
		.option('--public <url>', 'address of the public faces; else as the installation says')
		.option('--expire', 'then move the time of the installation eleven days ahead, so that a second notification expires')
		.option('--patience <seconds>', 'how long each step may take', wholeNumber, 30)
		.option('--out <folder>', 'where evidences are saved', join(process.env.FEFAENT_DATA_DIR || './data', 'demo'))
		.addHelpText('after', '\nFEFAENT_API_KEY holds an API key of the issuer, where callers need one.')
		.action(
			action(async ({ admin, output }, options: Options) => {
				const { playDemo } = await import('../demo/play.ts');
				const result = await playDemo(admin, output, {
					issuer: options.issuer,
					email: options.email,
					publicUrl: options.public,
					apiKey: process.env.FEFAENT_API_KEY || undefined,
					expire: options.expire ?? false,
					patience: options.patience,
					folder: options.out,
				});
				output.result(result, () => `The demo is over: all held, in ${result.ms} ms.`);
			}),
		);
}
