import {
	CallbackForm,
	CredentialKind,
	type Endpoint,
	type PutEndpointRequest,
	type PutEndpointResponse,
} from '@fefaent/contracts/callback';
import { uuidv7 } from '@fefaent/kernel';
import { type EndpointRecord, type EndpointSecretSet, type NewEndpointRecord, noSecrets, wellHealth } from '../domain/endpoint.ts';
import { newWebhookKeys } from '../domain/webhooks.ts';
import { callbackError } from '../errors.ts';
import { openSecrets, sealSecrets } from '../secrets/seal.ts';
import { checkEndpoint, checkSecrets } from './check-endpoint.ts';
import type { HandlerDeps } from './deps.ts';
import { shown } from './endpoints.ts';

/**
 * Stores an endpoint. It is tried at once even if it was waiting: whoever changed it may have mended it.
 * @throws ENDPOINT_INVALID, ENDPOINT_UNKNOWN, ENDPOINT_CONTENDED
 */
export async function putEndpoint(request: PutEndpointRequest, deps: HandlerDeps): Promise<PutEndpointResponse> {
	const { store, clock, secretsKeys, reach } = deps;
	const { endpoint: given } = request;
	if (given === undefined) throw callbackError('INVALID_REQUEST', { problem: 'there is no endpoint in it' });
	checkEndpoint(given, reach);
	const stored = given.id === '' ? undefined : await known(given, deps);
	if (request.expectedRevision !== undefined && stored?.revision !== request.expectedRevision) {
		throw callbackError('ENDPOINT_CONTENDED', { id: given.id });
	}
	const id = stored?.endpoint.id ?? uuidv7(clock.now());
	const old = stored ? oldSecrets(stored, request, deps) : noSecrets;

	const { secret, clientCertificatePem, clientKeyPem } = request.secrets ?? old;
	const kept = { ...noSecrets, ...ofKind(given.credentialKind, { secret, clientCertificatePem, clientKeyPem }) };
	const signing = signingOf(given.form, old, stored?.endpoint.webhookPublicKey ?? '');
	const secrets: EndpointSecretSet = { ...kept, webhookSecret: signing.secret, webhookKey: signing.privateKey };
	checkSecrets(given, secrets);

	const record: NewEndpointRecord = {
		endpoint: {
			...given,
			id,
			username: given.credentialKind === CredentialKind.BASIC ? given.username : '',
			states: [...new Set(given.states)],
			maxInFlight: Math.max(1, given.maxInFlight),
			webhookPublicKey: signing.publicKey,
			createdAt: stored?.endpoint.createdAt ?? clock.now(),
			waitsUntil: undefined,
			revision: undefined,
		},
		revision: (stored?.revision ?? 0) + 1,
		sealedSecrets: sealSecrets(secretsKeys, id, secrets),
		health: wellHealth,
	};
	if (!(await store.putEndpoint(record))) throw callbackError('ENDPOINT_CONTENDED', { id });
	return { endpoint: shown(record, clock.now()), webhookSecret: signing.made ? signing.secret : '' };
}

/** @throws ENDPOINT_UNKNOWN, and ENDPOINT_INVALID for one of another issuer's */
async function known(given: Endpoint, { store }: HandlerDeps): Promise<EndpointRecord> {
	const [stored] = await store.getEndpoints([given.id]);
	if (stored === undefined) throw callbackError('ENDPOINT_UNKNOWN', { id: given.id });
	if (stored.endpoint.issuerCode !== given.issuerCode) {
		throw callbackError('ENDPOINT_INVALID', { field: 'issuer_code', problem: 'an endpoint stays with its issuer' });
	}
	return stored;
}

/** Secrets whose key was lost can be given anew; whatever else was sealed with them is made anew then. @throws SECRETS_UNREADABLE */
function oldSecrets(
	{ endpoint, sealedSecrets }: EndpointRecord,
	request: PutEndpointRequest,
	{ secretsKeys }: HandlerDeps,
): EndpointSecretSet {
	try {
		return openSecrets(secretsKeys, endpoint.id, sealedSecrets);
	} catch (error) {
		if (request.secrets === undefined) throw error;
		return noSecrets;
	}
}

/** What a kind of credential takes; the rest is not kept. */
function ofKind(kind: CredentialKind, secrets: Pick<EndpointSecretSet, 'secret' | 'clientCertificatePem' | 'clientKeyPem'>) {
	const { secret, clientCertificatePem, clientKeyPem } = secrets;
	if (kind === CredentialKind.MTLS) return { clientCertificatePem, clientKeyPem };
	return kind === CredentialKind.BASIC || kind === CredentialKind.BEARER ? { secret } : {};
}

function signingOf(form: CallbackForm, old: EndpointSecretSet, publicKey: string) {
	if (form !== CallbackForm.JSON) return { secret: '', privateKey: '', publicKey: '', made: false };
	if (old.webhookSecret !== '') return { secret: old.webhookSecret, privateKey: old.webhookKey, publicKey, made: false };
	return { ...newWebhookKeys(), made: true };
}
