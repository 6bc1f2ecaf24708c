import { CallbackForm, CredentialKind } from '@fefaent/contracts/callback';
import type { EndpointRecord } from '../domain/endpoint.ts';
import { type WebhookSigner, webhookSigner } from '../domain/webhooks.ts';
import type { SecretsKeys } from '../secrets/keys.ts';
import { openSecrets } from '../secrets/seal.ts';
import { type ClientOptions, type EndpointClient, endpointClient } from './client.ts';

/** All that is needed to send to an endpoint as it is configured now. */
export interface Channel {
	readonly client: EndpointClient;
	/** By which the receiver knows us; empty when by nothing, or by the connection's certificate. */
	readonly authorization: string;
	/** JSON form. */
	readonly signer: WebhookSigner | undefined;
}

interface Kept {
	readonly revision: number;
	readonly channel: Promise<Channel>;
	/** Milliseconds of real time. */
	usedAt: number;
}

/** Keeps the channel of each endpoint that is being sent to: one at a time for each. */
export class Channels {
	readonly #keys: SecretsKeys;
	readonly #options: ClientOptions;
	readonly #kept = new Map<string, Kept>();

	constructor(keys: SecretsKeys, options: ClientOptions) {
		this.#keys = keys;
		this.#options = options;
	}

	/** The channel of an endpoint as it is configured now. @throws SECRETS_UNREADABLE, or Error for PEM or keys that cannot be used */
	async of(record: EndpointRecord): Promise<Channel> {
		const { endpoint, revision } = record;
		const known = this.#kept.get(endpoint.id);
		if (known?.revision === revision) {
			known.usedAt = Date.now();
			return known.channel;
		}
		const channel = this.#open(record);
		this.#kept.set(endpoint.id, { revision, channel, usedAt: Date.now() });
		await known?.channel.then(({ client }) => client.close()).catch(() => {});
		return channel;
	}

	/** Ends the connections of endpoints that were not sent to for so long, in milliseconds. */
	async closeIdle(idleMs: number): Promise<void> {
		const before = Date.now() - idleMs;
		await Promise.all([...this.#kept].flatMap(([id, kept]) => (kept.usedAt < before ? [this.#close(id, kept)] : [])));
	}

	/** Ends all connections. */
	async closeAll(): Promise<void> {
		await Promise.all([...this.#kept].map(([id, kept]) => this.#close(id, kept)));
	}

	async #close(id: string, { channel }: Kept): Promise<void> {
		this.#kept.delete(id);
		// One that could not be opened has nothing to close.
		await channel.then(({ client }) => client.close()).catch(() => {});
	}

	async #open(record: EndpointRecord): Promise<Channel> {
		const { endpoint } = record;
		const secrets = openSecrets(this.#keys, endpoint.id, record.sealedSecrets);
		const { webhookSecret: secret, webhookKey: privateKey } = secrets;
		return {
			authorization: authorizationOf(endpoint.credentialKind, endpoint.username, secrets.secret),
			signer: endpoint.form === CallbackForm.JSON ? webhookSigner({ secret, privateKey }) : undefined,
			client: await endpointClient(record, secrets, this.#options),
		};
	}
}

function authorizationOf(kind: CredentialKind, username: string, secret: string): string {
	if (kind === CredentialKind.BEARER) return `Bearer ${secret}`;
	return kind === CredentialKind.BASIC ? `Basic ${Buffer.from(`${username}:${secret}`, 'utf8').toString('base64')}` : '';
}
