import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { deliveryId } from './delivery.ts';
import { newWebhookKeys, webhookSigner } from './webhooks.ts';

const body = JSON.stringify({ type: 'x', data: { name: 'Ñandú €' } });

/** Verifies the v1a signature as a receiver does, from the public key it was given. */
function verifiesV1a(publicKey: string, headers: Readonly<Record<string, string>>, content: string): boolean {
	const x = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64').toString('base64url');
	const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
	const signature = headers['webhook-signature']?.split(' ').find((one) => one.startsWith('v1a,')) ?? '';
	const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${content}`;
	return verify(null, Buffer.from(signed), key, Buffer.from(signature.slice(4), 'base64'));
}

test('both signatures verify by the means of the receivers, and fail for another content', () => {
	const keys = newWebhookKeys();
	const headers = webhookSigner(keys).headers('msg-1', new Date(), body);
	expect(new Webhook(keys.secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
	expect(verifiesV1a(keys.publicKey, headers, body)).toBe(true);
	expect(() => new Webhook(keys.secret).verify(`${body} `, { ...headers })).toThrow();
	expect(verifiesV1a(keys.publicKey, headers, `${body} `)).toBe(false);
	expect(() => new Webhook(newWebhookKeys().secret).verify(body, { ...headers })).toThrow();
});

test('keys are written as the specification says', () => {
	const keys = newWebhookKeys();
	const sizes = [keys.secret, keys.privateKey, keys.publicKey].map((one) => {
		const [prefix, base64 = ''] = one.split('_');
		return `${prefix} ${Buffer.from(base64, 'base64').byteLength}`;
	});
	expect(sizes).toEqual(['whsec 32', 'whsk 64', 'whpk 32']);
});

test('an event and an endpoint make one id, always the same, and a UUIDv8', () => {
	expect(deliveryId('a', 'b')).toBe(deliveryId('a', 'b'));
	expect(deliveryId('a', 'b')).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
	expect(new Set([deliveryId('a', 'b'), deliveryId('b', 'a'), deliveryId('ab', ''), deliveryId('', 'ab')]).size).toBe(4);
});
