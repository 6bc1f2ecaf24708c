import { CredentialKind, type Endpoint, type EndpointSecrets } from '@fefaent/contracts/callback';
import type { z } from 'zod';
import { isoAs, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import type { EndpointCredential, endpoint, endpointHealth } from './schemas.ts';

/** An endpoint as the API shows it. */
export function viewEndpoint(stored: Endpoint): z.input<typeof endpoint> {
	return {
		id: stored.id,
		version: stored.revision ?? 0,
		issuerCode: stored.issuerCode,
		url: stored.url,
		form: words.callbackForm.toWord(stored.form) ?? 'enotumlite',
		enabled: stored.enabled,
		states: stored.states.map((one) => words.state.toWord(one)).filter((one) => one !== undefined),
		credential: { kind: words.credentialKind.toWord(stored.credentialKind) ?? 'none', ...textAs('username', stored.username) },
		maxInFlight: Math.max(1, stored.maxInFlight),
		...textAs('caPem', stored.caPem),
		...textAs('webhookPublicKey', stored.webhookPublicKey),
		...isoAs('createdAt', stored.createdAt),
	};
}

/** How an endpoint fares, as the API shows it. */
export function viewHealth({ waitsUntil }: Endpoint): z.input<typeof endpointHealth> {
	return isoAs('waitsUntil', waitsUntil);
}

/** What a credential makes of an endpoint, and the secrets that go with it. */
export function credentialOf(given: EndpointCredential): {
	readonly shown: Pick<Endpoint, 'credentialKind' | 'username'>;
	readonly secrets: EndpointSecrets;
} {
	const none: EndpointSecrets = { secret: '', clientCertificatePem: '', clientKeyPem: '' };
	switch (given.kind) {
		case 'none':
			return { shown: { credentialKind: CredentialKind.NONE, username: '' }, secrets: none };
		case 'basic':
			return { shown: { credentialKind: CredentialKind.BASIC, username: given.username }, secrets: { ...none, secret: given.password } };
		case 'bearer':
			return { shown: { credentialKind: CredentialKind.BEARER, username: '' }, secrets: { ...none, secret: given.token } };
		case 'mtls':
			return {
				shown: { credentialKind: CredentialKind.MTLS, username: '' },
				secrets: { ...none, clientCertificatePem: given.certificatePem, clientKeyPem: given.keyPem },
			};
	}
}
