import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { instant } from '../shared/fields.ts';

/** Narrows to a group. */
export const group = z.string().min(1).max(200).optional().describe('Only those that this group of consumers gave up on.');

/** Narrows to a topic. */
export const topic = z.string().min(1).max(200).optional().describe('Only those of this topic.');

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

/** Dead letters, oldest death first. */
export const deadLetterList = named('DeadLetterList', z.object({ items: z.array(deadLetter) }));

/** Which to put back. */
export const redriveFilter = named(
	'RedriveDeadLetters',
	z
		.strictObject({ group, topic, ids: z.array(z.string().min(1).max(100)).min(1).max(1000).optional() })
		.describe('Those that match everything given; all when nothing is.'),
);
