import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { path } from '../client.ts';
import { action, collect } from '../context.ts';
import { readText } from '../files.ts';
import { fields, table } from '../output.ts';
import { everything } from '../pages.ts';

type Credential = adminApi.CredentialList['items'][number];
interface Holder {
	readonly issuer: readonly string[];
	readonly label: string;
}

/** Adds `fefaent key ...` and `fefaent certificate ...`. */
export function credentialCommands(program: Command): void {
	const keys = program.command('key').description('credentials of callers: API keys and client certificates');
	withHolder(keys.command('create').description('make an API key, shown this once')).action(
		action(async ({ admin, output }, { issuer, label }: Holder) => {
			const made = await admin.send<adminApi.CreatedApiKey>('POST', '/admin/v1/credentials/api-keys', { label, issuers: issuer });
			output.progress(`API key ${made.credential.id}: keep it, it is shown this once`);
			output.result(made, () => made.key);
		}),
	);
	keys
		.command('list')
		.description('list credentials, certificates and revoked ones included')
		.option('--issuer <code>', 'only those that may act for it')
		.action(
			action(async ({ admin, output }, { issuer }: { readonly issuer?: string }) => {
				const items = await everything<Credential>(admin, '/admin/v1/credentials', { issuer });
				output.result(items, () =>
					table(
						['id', 'kind', 'label', 'issuers', 'created', 'last used', 'revoked'],
						items.map((one) => [one.id, one.kind, one.label, one.issuers.join(','), one.createdAt, one.lastUsedAt, one.revokedAt]),
					),
				);
			}),
		);
	keys
		.command('revoke <id>')
		.description('revoke a credential of either kind')
		.action(
			action(async ({ admin, output }, id: string) => {
				const credential = await admin.send<Credential>('DELETE', path`/admin/v1/credentials/${id}`);
				output.result(credential, () => show(credential));
			}),
		);
	const certificates = program.command('certificate').description('client certificates for mutual TLS');
	withHolder(certificates.command('add <file>').description('register a client certificate (PEM)')).action(
		action(async ({ admin, output }, file: string, { issuer, label }: Holder) => {
			const body = { label, issuers: issuer, pem: readText(file) };
			const credential = await admin.send<Credential>('POST', '/admin/v1/credentials/certificates', body);
			output.result(credential, () => show(credential));
		}),
	);
}

function withHolder(command: Command): Command {
	return command
		.requiredOption('--issuer <code>', 'issuer that it may act for; repeatable', collect)
		.requiredOption('--label <text>', 'which program of whom');
}

function show({ issuers, ...rest }: Credential): string {
	return fields({ ...rest, issuers: issuers.join(', ') });
}
