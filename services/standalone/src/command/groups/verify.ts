import type { Command } from 'commander';
import { action, collect } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { readGiven } from '../files.ts';
import { fields } from '../output.ts';

/** Adds `fefaent verify`. */
export function verifyCommand(program: Command): void {
	program
		.command('verify <file>')
		.description('check an evidence: that it is whole, who signed it, and the time that is proven')
		.option(
			'--trust <file>',
			'certificates to trust, in PEM; repeatable. Without it: those of the installation, asked of the admin API or found in FEFAENT_DATA_DIR',
			collect,
		)
		.action(
			action(async ({ admin, output }, file: string, { trust }: { readonly trust?: readonly string[] }) => {
				// Loaded when needed: the other commands do without certificates and XML.
				const [{ verifyEvidence }, { trustFor }] = await Promise.all([import('@fefaent/pki'), import('../trust.ts')]);
				const anchors = await trustFor(trust, admin);
				output.progress(`trusting ${anchors.from}`);
				const { content: _, ...report } = await verifyEvidence(readGiven(file), anchors);
				output.result({ file, ...report, trust: anchors.from, ...(anchors.test !== undefined && { test: anchors.test }) }, () =>
					fields({
						valid: report.valid,
						level: report.level,
						signer: report.signer,
						'signed (says the signer)': report.signingTime?.toISOString(),
						'proven time': report.provenTime?.toISOString(),
						'time-stamped by': report.timeStampingAuthority,
						problems: report.problems.join(' '),
					}),
				);
				if (anchors.test === true && report.valid) output.progress('these are TEST certificates: the evidence proves nothing to others');
				if (!report.valid) throw new CommandFailure(`${file} is not valid: ${report.problems.join(' ')}`);
			}),
		);
}
