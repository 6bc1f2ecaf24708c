import { type Evidence, EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { Dialect, type Notification, NotificationServiceDefinition, State } from '@fefaent/contracts/notification';
import { bind, type Handlers, inProcessClient, silentLogger } from '@fefaent/service-kit';
import { isTold, wordsOf } from '../domain/states.ts';
import { evidence, notification } from './fixtures.ts';

/** What the services next door know; everything exists unless it is taken away. */
export interface Neighbours {
	/** Notifications that are gone. */
	readonly purged: Set<number>;
	/** Notifications whose evidences are not there. */
	readonly unproved: Set<number>;
	readonly dialects: Map<number, Dialect>;
	/** Calls so far. */
	calls: number;
	/** While true, calls fail. */
	down: boolean;
}

/** The services next door as callbacks see them, over the serialising transport: only their Get. */
export function neighbours() {
	const known: Neighbours = { purged: new Set(), unproved: new Set(), dialects: new Map(), calls: 0, down: false };
	const counted = () => {
		known.calls++;
		if (known.down) throw new Error('down');
	};
	const notificationHandlers = {
		get: async ({ ids }: { ids: number[] }) => {
			counted();
			if (ids.length > 100) throw new Error('too many');
			return { results: ids.map((id) => ({ id, notification: notificationOf(id, known) })) };
		},
	} as unknown as Handlers<typeof NotificationServiceDefinition>;
	const evidenceHandlers = {
		get: async ({ keys }) => {
			counted();
			if (keys.length > 200) throw new Error('too many');
			return {
				results: keys.map(({ notificationId, transition }) => ({
					evidence: known.unproved.has(notificationId) ? undefined : evidenceOf(notificationId, transition),
				})),
			};
		},
	} satisfies Pick<Handlers<typeof EvidenceServiceDefinition>, 'get'> as unknown as Handlers<typeof EvidenceServiceDefinition>;
	const options = { caller: 'callback', serialise: true };
	return {
		known,
		notifications: inProcessClient(bind(NotificationServiceDefinition, notificationHandlers, { logger: silentLogger }), options),
		evidences: inProcessClient(bind(EvidenceServiceDefinition, evidenceHandlers, { logger: silentLogger }), options),
	};
}

function notificationOf(id: number, known: Neighbours): Notification | undefined {
	return known.purged.has(id) ? undefined : notification(id, known.dialects.get(id) ?? Dialect.ENOTUMLITE_SEED);
}

function evidenceOf(id: number, transition: Evidence['transition']): Evidence | undefined {
	const state = Object.values(State).find((one) => isTold(one) && wordsOf(one).transition === transition);
	return state !== undefined && isTold(state) ? evidence(id, state) : undefined;
}
