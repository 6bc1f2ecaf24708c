import type { CallbackServiceDefinition } from './callback.ts';
import type { EvidenceServiceDefinition } from './evidence.ts';
import type { LifecycleServiceDefinition } from './lifecycle.ts';
import type { NotificationServiceDefinition } from './notification.ts';
import type { NotifierServiceDefinition } from './notifier.ts';

/** Who may call some of the methods of a contract. */
type Table<D extends { readonly methods: object }> = Readonly<Record<string, readonly (keyof D['methods'])[]>>;

/**
 * Which methods of each service which other services call. Servers let in nobody else, and the types of the callers' clients offer nothing else, so that
 * a call that is not here does not compile. The services stand in the order in which they are shown, and in which `fefaent up` gives them ports.
 */
export const callers = {
	notification: {
		gateway: ['create', 'get', 'search', 'getExport'],
		'state-engine': ['get', 'claim', 'complete', 'listClaims', 'remind', 'export', 'purge'],
		notifier: ['get'],
		callback: ['get'],
	} satisfies Table<NotificationServiceDefinition>,
	'state-engine': {
		gateway: ['practise', 'cancel', 'view', 'listTimers', 'retry'],
	} satisfies Table<LifecycleServiceDefinition>,
	evidence: {
		gateway: ['get', 'getTrust'],
		'state-engine': ['issue', 'abandon', 'get', 'purge'],
		notifier: ['get'],
		callback: ['get'],
	} satisfies Table<EvidenceServiceDefinition>,
	notifier: {
		gateway: [
			'listNotices',
			'redriveNotices',
			'listTemplates',
			'putTemplate',
			'deleteTemplate',
			'preview',
			'listMailOutbox',
			'listSmsOutbox',
		],
	} satisfies Table<NotifierServiceDefinition>,
	callback: {
		gateway: ['putEndpoint', 'getEndpoints', 'listEndpoints', 'deleteEndpoint', 'listDeliveries', 'redriveDeliveries'],
	} satisfies Table<CallbackServiceDefinition>,
	gateway: {},
} as const;

/** A service by name. */
export type ServiceName = keyof typeof callers;

/** The methods of a service that a caller may call. */
export type Callable<S extends ServiceName, C extends keyof (typeof callers)[S]> = (typeof callers)[S][C] extends readonly (infer M)[]
	? M
	: never;
