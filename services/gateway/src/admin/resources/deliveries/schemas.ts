import { type Delivery, mostCallbacksAtOnce } from '@fefaent/contracts/callback';
import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { id, instant, iso, isoAs, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';

/** One change of state, told or to be told to one endpoint. */
export const delivery = named(
	'Delivery',
	z.object({
		id: z.string().describe('The receiver sees it in every attempt.'),
		endpointId: z.string(),
		notificationId: id,
		toldState: words.state.schema.optional(),
		toldAt: instant.optional().describe('The legal instant of the change that is told.'),
		evidenceId: z.string().optional().describe('The evidence of the change.'),
		state: words.deliveryState.schema.optional(),
		recordedAt: instant.optional(),
		nextAttemptAt: instant.optional(),
		settledAt: instant.optional().describe('When it was delivered or given up.'),
		givenUp: z.string().optional().describe('Why it was given up without a further attempt.'),
		attempts: z
			.array(
				z.object({
					number: z.int(),
					at: instant.optional(),
					durationMs: z.int(),
					httpStatus: z.int().optional().describe('Absent when there was no answer.'),
					failure: z.string().optional().describe('Name of the failure; absent when delivered.'),
					detail: z.string().optional().describe("The receiver's own error code."),
				}),
			)
			.describe('The communication log: the last hundred attempts.'),
	}),
);

/** Deliveries, oldest first. */
export const deliveryList = named('DeliveryList', z.object({ items: z.array(delivery), next: z.string().optional() }));

/** What to send again. */
export const redriveDeliveries = named(
	'RedriveDeliveries',
	z
		.strictObject({
			deliveryIds: z.array(z.string().min(1).max(100)).max(mostCallbacksAtOnce).default([]),
			endpointId: z.string().max(100).default('').describe('All given-up ones of this endpoint.'),
			notificationIds: z.array(id).max(mostCallbacksAtOnce).default([]).describe('All given-up ones of these notifications.'),
			all: z
				.strictObject({ since: instant.optional().describe('Given up then or later.') })
				.optional()
				.describe('All given-up ones that are so, of endpoints and notifications that are still there; beside none of the others.'),
			after: z.string().max(100).optional().describe('Only those recorded after this one: `next` of the answer before.'),
		})
		.refine(
			({ deliveryIds, endpointId, notificationIds, all }) =>
				(deliveryIds.length + notificationIds.length > 0 || endpointId !== '') !== (all !== undefined),
			'names none, or some beside all: give deliveryIds, endpointId or notificationIds, or else all',
		),
);

/** How many were put back on their way. */
export const redriven = named('Redriven', z.object({ redriven: z.int() }));

/** How many deliveries were put back on their way. */
export const redrivenDeliveries = named(
	'RedrivenDeliveries',
	z.object({ redriven: z.int(), next: z.string().optional().describe('There are more: `after` of the next request.') }),
);

/** A delivery as the API shows it. */
export function viewDelivery(one: Delivery): z.input<typeof delivery> {
	const toldState = words.state.toWord(one.toldState);
	const state = words.deliveryState.toWord(one.state);
	return {
		id: one.id,
		endpointId: one.endpointId,
		notificationId: one.notificationId,
		...(toldState && { toldState }),
		...isoAs('toldAt', one.toldAt),
		...textAs('evidenceId', one.evidenceId),
		...(state && { state }),
		...isoAs('recordedAt', one.recordedAt),
		...isoAs('nextAttemptAt', one.nextAttemptAt),
		...isoAs('settledAt', one.settledAt),
		...textAs('givenUp', one.givenUp),
		attempts: one.attempts.map(({ number, at, durationMs, httpStatus, failure, detail }) => ({
			number,
			...(at && { at: iso(at) }),
			durationMs,
			...(httpStatus !== 0 && { httpStatus }),
			...textAs('failure', failure),
			...textAs('detail', detail),
		})),
	};
}
