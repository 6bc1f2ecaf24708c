import type { adminApi } from '@fefaent/gateway';
import { type Command, Option } from 'commander';
import { path } from '../client.ts';
import { action, wholeNumber } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { readText } from '../files.ts';
import { fields, table } from '../output.ts';
import { everything } from '../pages.ts';

interface Options {
	readonly form: 'enotumlite' | 'json';
	readonly states?: string;
	readonly username?: string;
	readonly passwordFile?: string;
	readonly tokenFile?: string;
	readonly certificate?: string;
	readonly key?: string;
	readonly ca?: string;
	readonly maxInFlight?: number;
}

const url = '/admin/v1/endpoints';

/** Adds `fefaent endpoint ...`. */
export function endpointCommands(program: Command): void {
	const group = program.command('endpoint').description('where issuers want to be told of changes of state');
	group
		.command('list')
		.description('list endpoints')
		.option('--issuer <code>', 'only those of this issuer')
		.action(
			action(async ({ admin, output }, { issuer }: { readonly issuer?: string }) => {
				const items = await everything<adminApi.EndpointList['items'][number]>(admin, url, { issuer });
				output.result(items, () =>
					table(
						['id', 'issuer', 'form', 'url', 'credential', 'enabled', 'waits until'],
						items.map((one) => [one.id, one.issuerCode, one.form, one.url, one.credential.kind, one.enabled, one.waitsUntil]),
					),
				);
			}),
		);
	group
		.command('add <issuer> <url>')
		.description('add an endpoint; files named - are read from standard input')
		.addOption(new Option('--form <form>', 'how it is told').choices(['enotumlite', 'json']).default('enotumlite'))
		.option('--states <list>', 'which states are told, separated by commas; else deposit and every final state')
		.option('--username <name>', 'basic credential: the user')
		.option('--password-file <file>', 'basic credential: file with the password')
		.option('--token-file <file>', 'bearer credential: file with the token')
		.option('--certificate <file>', 'mutual TLS: certificate chain in PEM')
		.option('--key <file>', 'mutual TLS: private key in PEM')
		.option('--ca <file>', 'authority to trust besides the usual ones, in PEM')
		.option('--max-in-flight <n>', 'most requests at once; 1 keeps the order of the whole endpoint', wholeNumber)
		.action(
			action(async ({ admin, output }, issuerCode: string, target: string, options: Options) => {
				const made = await admin.send<adminApi.CreatedEndpoint>('POST', url, {
					issuerCode,
					url: target,
					form: options.form,
					states: options.states?.split(',').map((one) => one.trim()),
					credential: credentialOf(options),
					maxInFlight: options.maxInFlight,
					caPem: options.ca === undefined ? undefined : readText(options.ca),
				});
				output.result(made, () =>
					fields({
						id: made.id,
						issuer: made.issuerCode,
						url: made.url,
						form: made.form,
						credential: made.credential.kind,
						'webhook secret (shown this once)': made.webhookSecret,
						'webhook public key': made.webhookPublicKey,
					}),
				);
			}),
		);
	group
		.command('remove <id>')
		.description('remove an endpoint')
		.action(
			action(async ({ admin, output }, id: string) => {
				await admin.send('DELETE', path`/admin/v1/endpoints/${id}`);
				output.result({ removed: id }, () => `removed ${id}`);
			}),
		);
}

function credentialOf({ username, passwordFile, tokenFile, certificate, key }: Options) {
	const asked = [username ?? passwordFile, tokenFile, certificate ?? key].filter((one) => one !== undefined);
	if (asked.length > 1) throw new CommandFailure('an endpoint has one credential: basic, bearer or mutual TLS', 2);
	if (tokenFile !== undefined) return { kind: 'bearer', token: readText(tokenFile) };
	if (username !== undefined && passwordFile !== undefined) return { kind: 'basic', username, password: readText(passwordFile) };
	if (certificate !== undefined && key !== undefined) return { kind: 'mtls', certificatePem: readText(certificate), keyPem: readText(key) };
	if (asked.length === 1)
		throw new CommandFailure('a basic credential needs --username and --password-file, mutual TLS --certificate and --key', 2);
	return undefined;
}
