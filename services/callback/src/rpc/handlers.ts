import type { CallbackServiceDefinition } from '@fefaent/contracts/callback';
import type { Handlers } from '@fefaent/service-kit';
import { listDeliveries } from './deliveries.ts';
import type { HandlerDeps } from './deps.ts';
import { deleteEndpoint, getEndpoints, listEndpoints } from './endpoints.ts';
import { putEndpoint } from './put-endpoint.ts';
import { redriveDeliveries } from './redrive.ts';

/** The CallbackService. */
export function callbackHandlers(deps: HandlerDeps): Handlers<CallbackServiceDefinition> {
	return {
		putEndpoint: (request) => putEndpoint(request, deps),
		getEndpoints: (request) => getEndpoints(request, deps),
		listEndpoints: (request) => listEndpoints(request, deps),
		deleteEndpoint: (request) => deleteEndpoint(request, deps),
		listDeliveries: (request) => listDeliveries(request, deps),
		redriveDeliveries: (request) => redriveDeliveries(request, deps),
	};
}
