import type { Endpoint } from '@fefaent/contracts/callback';
import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import type { AdminServiceDeps } from '../../ports.ts';
import { defined, issuerCode } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { createdEndpoint, endpoint, endpointChange, endpointList, newEndpoint } from './schemas.ts';
import { credentialOf, viewEndpoint } from './translate.ts';

const path = '/admin/v1/endpoints';
const tag = 'endpoints';
const params = z.object({ id: z.string().min(1).max(100).describe('Id of the endpoint.') });
const unknown = { 404: 'ENDPOINT_UNKNOWN.' };

async function known({ callbacks }: AdminServiceDeps, id: string): Promise<Endpoint> {
	const { endpoints } = await callbacks.listEndpoints({ issuerCode: '' });
	const found = endpoints.find((one) => one.id === id);
	if (!found) throw adminError('ENDPOINT_UNKNOWN', { id });
	return found;
}

function stored(answer: { readonly endpoint?: Endpoint | undefined }): Endpoint {
	if (!answer.endpoint) throw new TypeError('the callback service answered no endpoint');
	return answer.endpoint;
}

/** Operations on callback endpoints. */
export const endpointOperations = [
	operation({
		method: 'get',
		path,
		id: 'listEndpoints',
		tag,
		summary: 'Lists endpoints, oldest first.',
		input: { query: z.strictObject({ issuer: issuerCode.optional().describe('Only those of this issuer.') }) },
		success: { status: 200, says: 'Endpoints.', json: endpointList },
		handle: async ({ callbacks }, { query }) => {
			const { endpoints } = await callbacks.listEndpoints({ issuerCode: query.issuer ?? '' });
			return { items: endpoints.map(viewEndpoint) };
		},
	}),
	operation({
		method: 'post',
		path,
		id: 'addEndpoint',
		tag,
		summary: 'Adds an endpoint: what happens from then on is told to it.',
		input: { body: newEndpoint },
		success: { status: 201, says: 'Added.', json: createdEndpoint },
		failures: { 404: 'ISSUER_UNKNOWN.' },
		handle: async ({ callbacks, directory }, { body: { credential, form, states, ...rest } }) => {
			await directory.getIssuer(rest.issuerCode);
			const { shown, secrets } = credentialOf(credential);
			const answer = await callbacks.putEndpoint({
				endpoint: {
					...rest,
					...shown,
					id: '',
					form: words.callbackForm.toCore(form),
					states: states.map(words.state.toCore),
					webhookPublicKey: '',
				},
				secrets,
			});
			return { ...viewEndpoint(stored(answer)), ...(answer.webhookSecret !== '' && { webhookSecret: answer.webhookSecret }) };
		},
		location: ({ id }) => `${path}/${id}`,
	}),
	operation({
		method: 'get',
		path: `${path}/{id}`,
		id: 'getEndpoint',
		tag,
		summary: 'Reads an endpoint.',
		input: { params },
		success: { status: 200, says: 'The endpoint.', json: endpoint },
		failures: unknown,
		handle: async (deps, { params: { id } }) => viewEndpoint(await known(deps, id)),
	}),
	operation({
		method: 'patch',
		path: `${path}/{id}`,
		id: 'changeEndpoint',
		tag,
		summary: 'Changes an endpoint.',
		input: { params, body: endpointChange },
		success: { status: 200, says: 'As it stands now.', json: endpoint },
		failures: unknown,
		handle: async (deps, { params: { id }, body: { credential, states, ...rest } }) => {
			const before = await known(deps, id);
			const given = credential && credentialOf(credential);
			const answer = await deps.callbacks.putEndpoint({
				endpoint: { ...before, ...defined(rest), ...given?.shown, ...(states && { states: states.map(words.state.toCore) }) },
				...(given && { secrets: given.secrets }),
			});
			return viewEndpoint(stored(answer));
		},
	}),
	operation({
		method: 'delete',
		path: `${path}/{id}`,
		id: 'removeEndpoint',
		tag,
		summary: 'Removes an endpoint; what it was still to be told is given up.',
		input: { params },
		success: { status: 204, says: 'Removed.' },
		failures: unknown,
		handle: async ({ callbacks }, { params: { id } }) => {
			const { removed } = await callbacks.deleteEndpoint({ id });
			if (!removed) throw adminError('ENDPOINT_UNKNOWN', { id });
			return undefined;
		},
	}),
];
