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

/** A channel, for one exchange. */
export interface Borrowed {
	readonly channel: Channel;
	/** Gives it back; more than once does no harm. */
	release(): void;
}

interface Kept {
	readonly generation: number;
	readonly channel: Promise<Channel>;
	/** Exchanges under way: while there are any, it stays open, however long they take. */
	users: number;
	/** When the last one ended, in monotonic milliseconds. */
	releasedAt: number;
	/** The endpoint was changed: it closes with its last exchange. */
	retired: boolean;
}

/** Keeps the channel of each endpoint that is being sent to: one for each, and besides those of earlier generations that are still in use. */
export class Channels {
	readonly #keys: SecretsKeys;
	readonly #options: ClientOptions;
	readonly #kept = new Map<string, Kept>();
	readonly #retired = new Set<Kept>();

	constructor(keys: SecretsKeys, options: ClientOptions) {
		this.#keys = keys;
		this.#options = options;
	}

	/** The channel of an endpoint as it is configured now. @throws SECRETS_UNREADABLE, or Error for PEM or keys that cannot be used */
	async borrow(record: EndpointRecord): Promise<Borrowed> {
		const kept = this.#current(record);
		kept.users++;
		let released = false;
		const release = () => {
			if (released) return;
			released = true;
			kept.users--;
			kept.releasedAt = performance.now();
			if (kept.retired && kept.users === 0) void this.#close(kept);
		};
		try {
			return { channel: await kept.channel, release };
		} catch (error) {
			release();
			throw error;
		}
	}

	/** Ends the connections of endpoints that were not sent to for so long, in milliseconds of real time. */
	async closeIdle(idleMs: number): Promise<void> {
		const before = performance.now() - idleMs;
		const idle = [...this.#kept].filter(([, { users, releasedAt }]) => users === 0 && releasedAt <= before);
		for (const [id] of idle) this.#kept.delete(id);
		await Promise.all(idle.map(([, kept]) => this.#close(kept)));
	}

	/** Ends all connections, those in use too. */
	async closeAll(): Promise<void> {
		const all = [...this.#kept.values(), ...this.#retired];
		this.#kept.clear();
		await Promise.all(all.map((kept) => this.#close(kept)));
	}

	#current(record: EndpointRecord): Kept {
		const { endpoint, generation } = record;
		const known = this.#kept.get(endpoint.id);
		if (known?.generation === generation) return known;
		const kept: Kept = { generation, channel: this.#open(record), users: 0, releasedAt: performance.now(), retired: false };
		this.#kept.set(endpoint.id, kept);
		if (known !== undefined) {
			known.retired = true;
			this.#retired.add(known);
			if (known.users === 0) void this.#close(known);
		}
		return kept;
	}

	/** Never rejects. */
	async #close(kept: Kept): Promise<void> {
		this.#retired.delete(kept);
		// One that could not be opened has nothing to close.
		await kept.channel.then(({ client }) => client.close()).catch(() => {});
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
