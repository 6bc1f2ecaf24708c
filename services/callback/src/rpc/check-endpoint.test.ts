import { CredentialKind, type Endpoint, endpointBounds } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { issueTestCertificates } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { type EndpointSecretSet, noSecrets } from '../domain/endpoint.ts';
import { endpoint } from '../testing/fixtures.ts';
import { checkEndpoint, checkSecrets } from './check-endpoint.ts';

const reach = { networks: [], allowHttp: false, ports: [] };
const url = 'https://example.org/';
const pki = await issueTestCertificates();
const { NONE, BASIC, BEARER, MTLS } = CredentialKind;

const check = (change: Partial<Endpoint>, secrets: Partial<EndpointSecretSet> = {}) => {
	const given = endpoint({ url, ...change });
	checkEndpoint(given, reach);
	checkSecrets(given, { ...noSecrets, ...secrets });
};
/** Empty lines after the PEM are no part of it. */
const padded = (pem: string, length: number) => pem.padEnd(length, '\n');
const client = { clientCertificatePem: pki.client.cert, clientKeyPem: pki.client.key };

const parts: Readonly<Record<keyof typeof endpointBounds, (size: number) => void>> = {
	issuerCode: (size) => check({ issuerCode: 'i'.repeat(size) }),
	url: (size) => check({ url: url.padEnd(size, 'x') }),
	states: (size) => check({ states: Array.from({ length: size }, () => State.DEPOSITED) }),
	maxInFlight: (size) => check({ maxInFlight: size }),
	username: (size) => check({ credentialKind: BASIC, username: 'u'.repeat(size) }, { secret: 'p' }),
	secret: (size) => check({ credentialKind: BEARER }, { secret: 't'.repeat(size) }),
	caPem: (size) => check({ credentialKind: NONE, caPem: padded(pki.ca.cert, size) }),
	clientCertificatePem: (size) => check({ credentialKind: MTLS }, { ...client, clientCertificatePem: padded(pki.client.cert, size) }),
	clientKeyPem: (size) => check({ credentialKind: MTLS }, { ...client, clientKeyPem: padded(pki.client.key, size) }),
};

test.each(Object.entries(parts))('%s is taken up to its bound, and refused beyond', (name, ask) => {
	const bound = endpointBounds[name as keyof typeof endpointBounds];
	ask(bound);
	expect(() => ask(bound + 1)).toThrow(expect.objectContaining({ reason: 'ENDPOINT_INVALID' }));
});
