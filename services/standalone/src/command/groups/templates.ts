import type { adminApi } from '@fefaent/gateway';
import { type Command, Option } from 'commander';
import { path } from '../client.ts';
import { action, wholeNumber } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { readText } from '../files.ts';
import { table } from '../output.ts';
import { everything } from '../pages.ts';

interface Texts {
	readonly text?: string;
	readonly subject?: string;
	readonly html?: string;
}
interface Of {
	readonly issuer?: string;
}

const key = '<channel> <kind> <language>';
const keyHelp = '\nCHANNEL is email or sms, KIND first or reminder, LANGUAGE ca, es, oc or en.';

/** Adds `fefaent template ...`. */
export function templateCommands(program: Command): void {
	const group = program.command('template').description('texts of notices');
	group
		.command('list')
		.description('list templates: the built-in ones, then overrides')
		.option('--issuer <code>', "only those that this issuer's notices are chosen from")
		.action(
			action(async ({ admin, output }, { issuer }: Of) => {
				const items = await everything<adminApi.TemplateList['items'][number]>(admin, '/admin/v1/templates', { issuer });
				output.result(items, () =>
					table(
						['channel', 'kind', 'language', 'of', 'subject or text'],
						items.map((one) => [
							one.channel,
							one.kind,
							one.language,
							one.builtIn ? 'built in' : (one.issuerCode ?? 'platform'),
							(one.subject ?? one.text).slice(0, 80),
						]),
					),
				);
			}),
		);
	withTexts(group.command(`put ${key}`).description('override a template, of the platform or of one issuer')).action(
		action(async ({ admin, output }, channel: string, kind: string, language: string, { issuer, ...texts }: Of & Texts) => {
			const body = textsOf(texts);
			if (!body) throw new CommandFailure('--text FILE is needed', 2);
			const address = path`/admin/v1/templates/${channel}/${kind}/${language}`;
			const answer = await admin.send<{ unknownVariables: string[] }>('PUT', address, body, { issuer });
			for (const name of answer.unknownVariables) output.progress(`warning: {{${name}}} stands for nothing`);
			output.result(answer, () => 'stored');
		}),
	);
	withTexts(group.command(`preview ${key}`).description('render a template; sends nothing'))
		.option('--notification <id>', 'whose data to use; else sample data', wholeNumber)
		.addOption(new Option('--recipient <n>', 'which recipient of it, the first is 1').argParser(wholeNumber).default(1))
		.action(
			action(
				async (
					{ admin, output },
					channel: string,
					kind: string,
					language: string,
					{ issuer, notification, recipient, ...texts }: Of & Texts & { readonly notification?: number; readonly recipient: number },
				) => {
					const rendered = await admin.send<{ subject?: string; text: string; html?: string }>('POST', '/admin/v1/templates/preview', {
						channel,
						kind,
						language,
						issuerCode: issuer,
						template: textsOf(texts),
						notificationId: notification,
						recipientIndex: recipient - 1,
					});
					output.result(rendered, () => `${rendered.subject === undefined ? '' : `${rendered.subject}\n\n`}${rendered.text}`);
				},
			),
		);
	group
		.command(`remove ${key}`)
		.description('remove an override')
		.option('--issuer <code>', "whose; else the platform's own")
		.addHelpText('after', keyHelp)
		.action(
			action(async ({ admin, output }, channel: string, kind: string, language: string, { issuer }: Of) => {
				await admin.send('DELETE', path`/admin/v1/templates/${channel}/${kind}/${language}`, undefined, { issuer });
				output.result({ removed: true }, () => 'removed');
			}),
		);
}

function withTexts(command: Command): Command {
	return command
		.option('--issuer <code>', "whose; else the platform's own")
		.option('--text <file>', 'file with the plain text, in Mustache')
		.option('--subject <text>', 'subject of the e-mail, in Mustache')
		.option('--html <file>', 'file with the HTML part of the e-mail, in Mustache')
		.addHelpText('after', keyHelp);
}

function textsOf({ text, subject, html }: Texts) {
	if (text === undefined) return undefined;
	return { text: readText(text), subject, html: html === undefined ? undefined : readText(html) };
}
