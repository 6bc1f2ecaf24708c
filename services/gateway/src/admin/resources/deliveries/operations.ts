import { DeliveryState, mostDeliveriesListed, mostRedriven } from '@fefaent/contracts/callback';
import { z } from 'zod';
import { operation } from '../../http/route.ts';
import { idText, limit, page, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { deliveryList, redriveDeliveries, redrivenDeliveries, viewDelivery } from './schemas.ts';

const path = '/admin/v1/deliveries';
const tag = 'deliveries';

/** Operations on deliveries. */
export const deliveryOperations = [
	operation({
		method: 'get',
		path,
		id: 'listDeliveries',
		tag,
		summary: 'Lists deliveries with the log of their attempts, oldest first.',
		input: {
			query: z.strictObject({
				notification: idText.optional(),
				endpoint: z.string().max(100).optional().describe('Id of the endpoint.'),
				state: words.deliveryState.schema.optional(),
				after: z.string().max(100).optional().describe('Only those recorded after this one: `next` of the page before.'),
				limit: limit(mostDeliveriesListed, 100),
			}),
		},
		success: { status: 200, says: 'Deliveries.', json: deliveryList },
		handle: async ({ callbacks }, { query }) => {
			const { deliveries } = await callbacks.listDeliveries({
				notificationIds: query.notification === undefined ? [] : [query.notification],
				endpointId: query.endpoint ?? '',
				state: query.state ? words.deliveryState.toCore(query.state) : DeliveryState.UNSPECIFIED,
				limit: query.limit,
				...textAs('afterId', query.after),
			});
			return page(deliveries.map(viewDelivery), query.limit, (one) => one.id);
		},
	}),
	operation({
		method: 'post',
		path: `${path}/redrive`,
		id: 'redriveDeliveries',
		tag,
		summary: `Sends deliveries that were given up again, oldest first, up to ${mostRedriven} at once.`,
		input: { body: redriveDeliveries },
		success: { status: 200, says: 'On their way.', json: redrivenDeliveries },
		handle: async ({ callbacks }, { body: { after, all, ...which } }) => {
			const { redriven, nextAfterId } = await callbacks.redriveDeliveries({
				...which,
				...(all && { all: all.since === undefined ? {} : { since: new Date(all.since) } }),
				...textAs('afterId', after),
			});
			return { redriven, ...textAs('next', nextAfterId) };
		},
	}),
];
