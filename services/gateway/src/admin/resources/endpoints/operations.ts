import { type Endpoint, mostCallbacksAtOnce } from '@fefaent/contracts/callback';
import { DomainError } from '@fefaent/kernel';
import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { etagOf, type Precondition } from '../../http/precondition.ts';
import { operation } from '../../http/route.ts';
import type { AdminServiceDeps } from '../../ports.ts';
import { defined, issuerCode, limit, pageQuery, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { createdEndpoint, endpoint, endpointChange, endpointHealth, endpointList, newEndpoint } from './schemas.ts';
import { credentialOf, viewEndpoint, viewHealth } from './translate.ts';

const path = '/admin/v1/endpoints';
const tag = 'endpoints';
const params = z.object({ id: z.string().min(1).max(100).describe('Id of the endpoint.') });
const unknown = { 404: 'ENDPOINT_UNKNOWN.' };

async function known({ callbacks }: AdminServiceDeps, id: string): Promise<Endpoint> {
	const [found] = (await callbacks.getEndpoints({ ids: [id] })).endpoints;
	if (!found) throw adminError('ENDPOINT_UNKNOWN', { id });
	return found;
}

function stored(answer: { readonly endpoint?: Endpoint | undefined }): Endpoint {
	if (!answer.endpoint) throw new TypeError('the callback service answered no endpoint');
	return answer.endpoint;
}

const etag = ({ version }: { readonly version: number }) => etagOf(version);

/** How often a change is made anew to what another writer left. */
const mostStaleWrites = 5;

/** Changes the very revision that was looked at. @throws DomainError PRECONDITION_FAILED, ENDPOINT_UNKNOWN, ENDPOINT_CONTENDED */
async function changed<T>(
	deps: AdminServiceDeps,
	id: string,
	precondition: Precondition,
	change: (before: Endpoint, expectedRevision: number) => Promise<T>,
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const before = await known(deps, id);
		const revision = before.revision ?? 0;
		precondition(etagOf(revision));
		try {
			return await change(before, revision);
		} catch (error) {
			if (attempt >= mostStaleWrites || !(error instanceof DomainError) || error.reason !== 'ENDPOINT_CONTENDED') throw error;
		}
	}
}

/** Operations on callback endpoints. */
export const endpointOperations = [
	operation({
		method: 'get',
		path,
		id: 'listEndpoints',
		tag,
		summary: 'Lists endpoints, oldest first.',
		input: {
			query: z.strictObject({
				issuer: issuerCode.optional().describe('Only those of this issuer.'),
				after: pageQuery.after,
				limit: limit(mostCallbacksAtOnce).describe(`Most entries, 1 to ${mostCallbacksAtOnce}; a page of long certificates ends earlier.`),
			}),
		},
		success: { status: 200, says: 'A page of endpoints.', json: endpointList },
		handle: async ({ callbacks }, { query: { issuer, after, limit } }) => {
			const page = await callbacks.listEndpoints({ issuerCode: issuer ?? '', limit, ...textAs('afterId', after) });
			return { items: page.endpoints.map((one) => ({ ...viewEndpoint(one), ...viewHealth(one) })), ...textAs('next', page.nextAfterId) };
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
		etag,
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
		etag,
	}),
	operation({
		method: 'get',
		path: `${path}/{id}/health`,
		id: 'getEndpointHealth',
		tag,
		summary: 'Says whether an endpoint is sent to, or waits because it could not be reached.',
		input: { params },
		success: { status: 200, says: 'How it fares.', json: endpointHealth },
		failures: unknown,
		handle: async (deps, { params: { id } }) => viewHealth(await known(deps, id)),
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
		conditional: true,
		etag,
		handle: async (deps, { params: { id }, body: { credential, states, ...rest } }, precondition) => {
			const given = credential && credentialOf(credential);
			const answer = await changed(deps, id, precondition, (before, expectedRevision) =>
				deps.callbacks.putEndpoint({
					endpoint: { ...before, ...defined(rest), ...given?.shown, ...(states && { states: states.map(words.state.toCore) }) },
					...(given && { secrets: given.secrets }),
					expectedRevision,
				}),
			);
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
		conditional: true,
		handle: async (deps, { params: { id } }, precondition) => {
			const { removed } = await changed(deps, id, precondition, (_, expectedRevision) =>
				deps.callbacks.deleteEndpoint({ id, expectedRevision }),
			);
			if (!removed) throw adminError('ENDPOINT_UNKNOWN', { id });
			return undefined;
		},
	}),
];
