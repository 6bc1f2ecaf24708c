import { isIP } from 'node:net';
import { CallbackForm, CredentialKind, type Endpoint, endpointBounds as most } from '@fefaent/contracts/callback';
import type { EndpointSecretSet } from '../domain/endpoint.ts';
import { isTold } from '../domain/states.ts';
import { callbackError } from '../errors.ts';
import { mayReach, type Reach } from '../http/addresses.ts';
import { secureContextOf } from '../http/trust.ts';

const forms: readonly CallbackForm[] = [CallbackForm.ENOTUMLITE, CallbackForm.JSON];
const kinds: readonly CredentialKind[] = [CredentialKind.NONE, CredentialKind.BASIC, CredentialKind.BEARER, CredentialKind.MTLS];

function invalid(field: string, problem: string): Error {
	return callbackError('ENDPOINT_INVALID', { field, problem });
}

/** @throws ENDPOINT_INVALID */
export function checkEndpoint(endpoint: Endpoint, reach: Reach): void {
	const { issuerCode, form, credentialKind, maxInFlight, states, caPem, username } = endpoint;
	if (issuerCode === '' || issuerCode.length > most.issuerCode) throw invalid('issuer_code', `it has 1 to ${most.issuerCode} characters`);
	if (!forms.includes(form)) throw invalid('form', 'it is none that there is');
	if (!kinds.includes(credentialKind)) throw invalid('credential_kind', 'it is none that there is');
	if (!Number.isInteger(maxInFlight) || maxInFlight < 0 || maxInFlight > most.maxInFlight) {
		throw invalid('max_in_flight', `it is 1 to ${most.maxInFlight}, or 0 for 1`);
	}
	if (states.length > most.states) throw invalid('states', `they are ${most.states} at most`);
	if (!states.every(isTold)) throw invalid('states', 'one of them is never told');
	if (caPem.length > most.caPem) throw invalid('ca_pem', 'it is too long');
	if (credentialKind === CredentialKind.BASIC && (username.length > most.username || !/^[^:\p{Cc}]+$/u.test(username))) {
		throw invalid('username', `it has 1 to ${most.username} characters, no colon and no control characters`);
	}
	checkUrl(endpoint, reach);
}

/** What can be told from the URL alone; what its name resolves to is checked with each connection. */
function checkUrl({ url, credentialKind }: Endpoint, reach: Reach): void {
	const parsed = url.length <= most.url ? URL.parse(url) : null;
	if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) throw invalid('url', 'it is no absolute http or https URL');
	if (parsed.username !== '' || parsed.password !== '') throw invalid('url', 'credentials do not belong in it');
	if (parsed.hash !== '') throw invalid('url', 'a fragment is never sent');
	const port = Number(parsed.port) || (parsed.protocol === 'https:' ? 443 : 80);
	if (reach.ports.length > 0 && !reach.ports.includes(port)) throw invalid('url', 'its port is not allowed here');
	if (parsed.protocol === 'http:' && credentialKind === CredentialKind.MTLS) throw invalid('url', 'a client certificate needs https');
	const host = parsed.hostname.replace(/^\[|\]$/g, '');
	if (isIP(host) !== 0 && !mayReach(host, parsed.protocol, reach)) throw invalid('url', 'its address is not allowed here');
	// A name may still turn out to lie in an allowed network.
	if (parsed.protocol === 'http:' && !reach.allowHttp && reach.networks.length === 0) throw invalid('url', 'only https is allowed here');
}

/** @throws ENDPOINT_INVALID when they are not those that the kind of credential takes, or PEM cannot be used */
export function checkSecrets({ credentialKind, caPem, url }: Endpoint, secrets: EndpointSecretSet): void {
	const { secret, clientCertificatePem, clientKeyPem } = secrets;
	if (secret.length > most.secret || /[\r\n\0]/.test(secret)) throw invalid('secrets', 'the secret is too long or has line breaks');
	if (clientCertificatePem.length > most.clientCertificatePem || clientKeyPem.length > most.clientKeyPem) {
		throw invalid('secrets', 'the client certificate or its key is too long');
	}
	const basicOrBearer = credentialKind === CredentialKind.BASIC || credentialKind === CredentialKind.BEARER;
	if (basicOrBearer && secret === '') throw invalid('secrets', 'the password or token is missing');
	if (credentialKind === CredentialKind.BEARER && !/^[\x21-\x7e]+$/.test(secret))
		throw invalid('secrets', 'a token is printable ASCII without spaces');
	const mtls = credentialKind === CredentialKind.MTLS;
	if (mtls && (clientCertificatePem === '' || clientKeyPem === ''))
		throw invalid('secrets', 'the client certificate or its key is missing');
	if (!url.startsWith('https:') && caPem === '') return;
	try {
		secureContextOf({ caPem, clientCertificatePem, clientKeyPem });
	} catch {
		throw invalid(mtls ? 'secrets' : 'ca_pem', 'the PEM cannot be read, or key and certificate do not belong together');
	}
}
