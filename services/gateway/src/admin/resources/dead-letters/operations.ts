import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import type { AdminServiceDeps, DeadLetters } from '../../ports.ts';
import { redriven } from '../deliveries/schemas.ts';
import { defined, iso, limit } from '../shared/fields.ts';
import { deadLetterList, group, redriveFilter, topic } from './schemas.ts';

const path = '/admin/v1/dead-letters';
const tag = 'dead-letters';
const absent = { 409: 'BUS_ABSENT: the bus of this installation is administered by its own tools.' };

/** The bus, where it can be asked. @throws BUS_ABSENT */
export function busOf({ deadLetters }: AdminServiceDeps): DeadLetters {
	if (!deadLetters) throw adminError('BUS_ABSENT');
	return deadLetters;
}

/** Operations on events that a service gave up on. */
export const deadLetterOperations = [
	operation({
		method: 'get',
		path,
		id: 'listDeadLetters',
		tag,
		summary: 'Lists events that a service gave up on; those that died first come first.',
		input: { query: z.strictObject({ group, topic, limit: limit(1000, 100) }) },
		success: { status: 200, says: 'Dead letters.', json: deadLetterList },
		failures: absent,
		handle: async (deps, { query }) => {
			const found = await busOf(deps).deadLetters(defined(query));
			return {
				items: found.map(({ id, topic, group, key, type, reason, attempts, at, diedAt }) => ({
					id,
					topic,
					group,
					key,
					type,
					reason,
					attempts,
					at: iso(at),
					diedAt: iso(diedAt),
				})),
			};
		},
	}),
	operation({
		method: 'post',
		path: `${path}/redrive`,
		id: 'redriveDeadLetters',
		tag,
		summary: 'Gives dead letters back to the group that gave up on them.',
		input: { body: redriveFilter },
		success: { status: 200, says: 'On their way.', json: redriven },
		failures: absent,
		handle: async (deps, { body }) => ({ redriven: await busOf(deps).redrive(defined(body)) }),
	}),
];
