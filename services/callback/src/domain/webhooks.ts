import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a JSON endpoint's messages are signed with, and what its receiver verifies them with (Standard Webhooks 1.0, "Signature scheme"). */
export interface WebhookKeys {
	/** `whsec_` and 32 random bytes: v1, HMAC-SHA256. */
	readonly secret: string;
	/** `whsk_` and the 64 bytes of an Ed25519 key, seed first: v1a. Never leaves the service. */
	readonly privateKey: string;
	/** `whpk_` and its public half. */
	readonly publicKey: string;
}

/** Makes the keys of one endpoint. */
export function newWebhookKeys(): WebhookKeys {
	const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
	const seed = Buffer.from(d, 'base64url');
	const point = Buffer.from(x, 'base64url');
	return {
		secret: `whsec_${randomBytes(32).toString('base64')}`,
		privateKey: `whsk_${Buffer.concat([seed, point]).toString('base64')}`,
		publicKey: `whpk_${point.toString('base64')}`,
	};
}

/** Signs one endpoint's messages. */
export interface WebhookSigner {
	/**
	 * The headers of a message.
	 * @param id stable over attempts; holds no full stop
	 * @param at when the attempt is made, in real time: receivers hold it against their own clock
	 * @param body as it is sent, byte for byte
	 */
	headers(id: string, at: Date, body: string): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>;
}

/** @throws Error for keys that {@link newWebhookKeys} did not make */
export function webhookSigner({ secret, privateKey }: Pick<WebhookKeys, 'secret' | 'privateKey'>): WebhookSigner {
	const symmetric = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	const asymmetric = ed25519Of(privateKey);
	return {
		headers: (id, at, body) => {
			const timestamp = String(Math.floor(at.getTime() / 1000));
			const content = Buffer.from(`${id}.${timestamp}.${body}`, 'utf8');
			const v1 = createHmac('sha256', symmetric).update(content).digest('base64');
			const v1a = sign(null, content, asymmetric).toString('base64');
			return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${v1} v1a,${v1a}` };
		},
	};
}

function ed25519Of(privateKey: string): KeyObject {
	const bytes = Buffer.from(privateKey.replace(/^whsk_/, ''), 'base64');
	const jwk = {
		kty: 'OKP',
		crv: 'Ed25519',
		d: bytes.subarray(0, 32).toString('base64url'),
		x: bytes.subarray(32, 64).toString('base64url'),
	};
	return createPrivateKey({ key: jwk, format: 'jwk' });
}
