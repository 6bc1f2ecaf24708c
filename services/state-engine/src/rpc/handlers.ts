import type { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import type { Handlers } from '@fefaent/service-kit';
import { cancel } from './cancel.ts';
import type { HandlerDeps } from './deps.ts';
import { practise } from './practise.ts';
import { listTimers, retry } from './timers.ts';
import { view } from './view.ts';

/** The LifecycleService. */
export function lifecycleHandlers(deps: HandlerDeps): Handlers<LifecycleServiceDefinition> {
	return {
		practise: (request) => practise(request, deps),
		cancel: (request) => cancel(request, deps),
		view: (request) => view(request, deps),
		listTimers: (request) => listTimers(request, deps),
		retry: (request) => retry(request, deps),
	};
}
