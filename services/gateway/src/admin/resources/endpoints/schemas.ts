import { endpointBounds } from '@fefaent/contracts/callback';
import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { instant, issuerCode } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';

const url = z
	.url({ protocol: /^https?$/ })
	.max(endpointBounds.url)
	.describe('Absolute; https unless http is allowed by the settings.');
const form = words.callbackForm.schema.describe('`enotumlite`: ActualitzarEstat by SOAP. `json`: CloudEvents signed by Standard Webhooks.');
const states = z
	.array(words.state.schema)
	.max(endpointBounds.states)
	.describe('Which states are told; empty: deposit and every final state.');
const maxInFlight = z
	.int()
	.min(1)
	.max(endpointBounds.maxInFlight)
	.describe('Most requests at once; 1 keeps the order of the whole endpoint.');
const caPem = z.string().max(endpointBounds.caPem).describe('PEM of an authority to trust besides the usual ones; empty: none.');

/** How the receiver knows us: with its secrets, which are never read back. */
const credential = z
	.discriminatedUnion('kind', [
		z.strictObject({ kind: z.literal('none') }),
		z.strictObject({
			kind: z.literal('basic'),
			username: z.string().min(1).max(endpointBounds.username),
			password: z.string().min(1).max(endpointBounds.secret),
		}),
		z.strictObject({ kind: z.literal('bearer'), token: z.string().min(1).max(endpointBounds.secret) }),
		z.strictObject({
			kind: z.literal('mtls'),
			certificatePem: z.string().min(1).max(endpointBounds.clientCertificatePem).describe('Certificate chain.'),
			keyPem: z.string().min(1).max(endpointBounds.clientKeyPem).describe('Private key.'),
		}),
	])
	.describe('How the receiver knows us. Secrets are kept encrypted and never read back.');

/** An endpoint's credential as it is sent in. */
export type EndpointCredential = z.output<typeof credential>;

/** When an endpoint is tried again. */
const waitsUntil = instant.optional().describe('The whole endpoint is left alone until then: it could not be reached.');

/** An endpoint as it is set up: its version, and the entity-tag with it, changes whenever anything in here does. */
export const endpoint = named(
	'Endpoint',
	z.object({
		id: z.string(),
		issuerCode,
		url: z.string(),
		form,
		enabled: z.boolean(),
		states,
		credential: z.object({ kind: words.credentialKind.schema, username: z.string().optional() }),
		maxInFlight,
		caPem: z.string().optional(),
		webhookPublicKey: z.string().optional().describe('JSON form: public key (whpk_...) that v1a signatures verify with.'),
		createdAt: instant.optional(),
		version: z.int(),
	}),
);

/** An endpoint just made. */
export const createdEndpoint = named(
	'CreatedEndpoint',
	endpoint.extend({
		webhookSecret: z.string().optional().describe('JSON form: secret (whsec_...) that v1 signatures verify with. Shown this once.'),
	}),
);

/** A new endpoint. */
export const newEndpoint = named(
	'NewEndpoint',
	z.strictObject({
		issuerCode,
		url,
		form,
		enabled: z.boolean().default(true),
		states: states.default([]),
		credential: credential.default({ kind: 'none' }),
		maxInFlight: maxInFlight.default(1),
		caPem: caPem.default(''),
	}),
);

/** What of an endpoint can be changed. */
export const endpointChange = named(
	'EndpointChange',
	z
		.strictObject({
			url: url.optional(),
			enabled: z.boolean().optional(),
			states: states.optional(),
			credential: credential.optional(),
			maxInFlight: maxInFlight.optional(),
			caPem: caPem.optional(),
		})
		.describe('What is absent stays, secrets too.'),
);

/** How an endpoint fares: that comes and goes by itself, and is no part of its version. */
export const endpointHealth = named('EndpointHealth', z.object({ waitsUntil }));

/** An endpoint among others. */
const listedEndpoint = named('ListedEndpoint', endpoint.extend({ waitsUntil }));

/** A page of endpoints, oldest first. */
export const endpointList = named('EndpointList', z.object({ items: z.array(listedEndpoint), next: z.string().optional() }));
