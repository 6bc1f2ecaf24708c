// What the description of the API promises to take, the service behind it takes.
import { issueTestCertificates } from '@fefaent/testing';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { startAdminWorld } from './world.ts';

interface Schema {
	readonly $ref?: string;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly oneOf?: readonly Schema[];
	readonly anyOf?: readonly Schema[];
	readonly const?: string;
	readonly maxLength?: number;
	readonly maxItems?: number;
	readonly maximum?: number;
}

const v1 = '/admin/v1';

test('endpoints and redrives as large as described are taken, and none larger', { timeout: 30_000 }, async () => {
	await using world = await startAdminWorld();
	const document = (await (await request(`${world.fefaent.adminUrl}/admin/openapi.json`)).body.json()) as {
		readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
	};
	const partOf = (name: string) => (part: string) => {
		const found = document.components.schemas[name]?.properties?.[part];
		if (found === undefined) throw new Error(`${name} describes no ${part}`);
		return found;
	};
	const most = (schema: Schema | undefined): number => {
		const bound = schema?.maxLength ?? schema?.maxItems ?? schema?.maximum;
		if (bound === undefined) throw new Error(`no bound in ${JSON.stringify(schema)}`);
		return bound;
	};
	const described = partOf('NewEndpoint');
	const credential = described('credential');
	const secretOf = (kind: string, part: string) =>
		(credential.oneOf ?? credential.anyOf)?.find(({ properties }) => properties?.kind?.const === kind)?.properties?.[part];

	const pki = await issueTestCertificates();
	const padded = (pem: string, length: number) => pem.padEnd(length, '\n');
	const mtls = { kind: 'mtls', certificatePem: pki.client.cert, keyPem: pki.client.key };
	const url = 'https://issuer.example/';
	const endpoints: readonly (readonly [bound: Schema | undefined, ask: (size: number) => object])[] = [
		[described('url'), (size) => ({ url: url.padEnd(size, 'x') })],
		[described('states'), (size) => ({ states: Array.from({ length: size }, () => 'deposited') })],
		[described('maxInFlight'), (size) => ({ maxInFlight: size })],
		[described('caPem'), (size) => ({ caPem: padded(pki.ca.cert, size) })],
		[secretOf('basic', 'username'), (size) => ({ credential: { kind: 'basic', username: 'u'.repeat(size), password: 'p' } })],
		[secretOf('basic', 'password'), (size) => ({ credential: { kind: 'basic', username: 'u', password: 'p'.repeat(size) } })],
		[secretOf('bearer', 'token'), (size) => ({ credential: { kind: 'bearer', token: 't'.repeat(size) } })],
		[secretOf('mtls', 'certificatePem'), (size) => ({ credential: { ...mtls, certificatePem: padded(pki.client.cert, size) } })],
		[secretOf('mtls', 'keyPem'), (size) => ({ credential: { ...mtls, keyPem: padded(pki.client.key, size) } })],
	];
	for (const [bound, ask] of endpoints) {
		const add = (size: number) => world.call('POST', `${v1}/endpoints`, { issuerCode: 'DEMO', url, form: 'json', ...ask(size) });
		expect(await add(most(bound))).toMatchObject({ status: 201 });
		expect(await add(most(bound) + 1)).toMatchObject({ status: 400, body: { reason: 'REQUEST_INVALID' } });
	}

	const redrive = partOf('RedriveDeliveries');
	for (const [part, id] of [
		['deliveryIds', (index: number) => `delivery-${index}`],
		['notificationIds', (index: number) => index + 1],
	] as const) {
		const ask = (size: number) =>
			world.call('POST', `${v1}/deliveries/redrive`, { [part]: Array.from({ length: size }, (_, index) => id(index)) });
		expect(await ask(most(redrive(part)))).toMatchObject({ status: 200, body: { redriven: 0 } });
		expect(await ask(most(redrive(part)) + 1)).toMatchObject({ status: 400 });
	}
	for (const [list, limit] of [
		['endpoints', 100],
		['deliveries', 500],
	] as const) {
		expect((await world.call('GET', `${v1}/${list}?limit=${limit}`)).status).toBe(200);
		expect((await world.call('GET', `${v1}/${list}?limit=${limit + 1}`)).status).toBe(400);
	}
});
