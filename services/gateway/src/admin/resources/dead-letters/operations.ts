import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import { named } from '../../openapi/names.ts';
import type { AdminServiceDeps, DeadLetters } from '../../ports.ts';
import { redriven } from '../deliveries/schemas.ts';
import { defined, instant, iso, limit } from '../shared/fields.ts';

const path = '/admin/v1/dead-letters';
const tag = 'dead-letters';
const absent = { 409: 'BUS_ABSENT: the bus of this installation is administered by its own tools.' };

const group = z.string().min(1).max(200).optional().describe('Only those that this group of consumers gave up on.');
const topic = z.string().min(1).max(200).optional().describe('Only those of this topic.');

const deadLetter = z.object({
	id: z.string(),
	topic: z.string(),
	group: z.string(),
	key: z.string().describe('Id of the notification.'),
	type: z.string(),
	reason: z.string().describe('Why the last try failed.'),
	attempts: z.int(),
	at: instant.describe('When it happened.'),
	diedAt: instant,
});
const list = named('DeadLetterList', z.object({ items: z.array(deadLetter) }));
const redrive = named(
	'RedriveDeadLetters',
	z
		.strictObject({ group, topic, ids: z.array(z.string().min(1).max(100)).min(1).max(1000).optional() })
		.describe('Those that match everything given; all when nothing is.'),
);

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
		success: { status: 200, says: 'Dead letters.', json: list },
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
		input: { body: redrive },
		success: { status: 200, says: 'On their way.', json: redriven },
		failures: absent,
		handle: async (deps, { body }) => ({ redriven: await busOf(deps).redrive(defined(body)) }),
	}),
];
