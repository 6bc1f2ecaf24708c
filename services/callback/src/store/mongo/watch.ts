import { watchCollection } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { Listeners } from '../listeners.ts';
import type { MongoEndpoints } from './endpoints.ts';
import type { DeliveryFields, EndpointFields } from './schema.ts';

/** What is shown of a change of an endpoint. Of one that is removed nobody is named: whoever did it hears of it twice. */
interface EndpointChange {
	readonly documentKey: Pick<EndpointFields, '_id'>;
	readonly fullDocument?: Pick<EndpointFields, 'changedBy'>;
	readonly updateDescription?: { readonly updatedFields: Pick<EndpointFields, 'changedBy'> };
}

/** Tells of the deliveries and endpoints that other replicas write. @returns what ends it */
export function watchOthers(
	models: { readonly endpoints: Model<EndpointFields>; readonly deliveries: Model<DeliveryFields> },
	endpoints: MongoEndpoints,
	listeners: Listeners,
	{ owner, onError }: { readonly owner: string; readonly onError: (error: unknown, where: string) => void },
): readonly (() => Promise<void>)[] {
	const recorded = watchCollection({
		model: models.deliveries,
		match: { operationType: 'insert', 'fullDocument.by': { $ne: owner } },
		show: { 'fullDocument.endpointId': 1 },
		onChange: (change) => {
			const { fullDocument } = change as unknown as { readonly fullDocument: Pick<DeliveryFields, 'endpointId'> };
			listeners.tell({ what: 'elsewhere', endpointIds: [fullDocument.endpointId] });
		},
		onError,
	});
	const changed = watchCollection({
		model: models.endpoints,
		match: { $or: [{ operationType: { $in: ['insert', 'delete'] } }, { 'updateDescription.updatedFields.changedBy': { $exists: true } }] },
		show: { documentKey: 1, 'fullDocument.changedBy': 1, 'updateDescription.updatedFields.changedBy': 1 },
		onChange: (change) => {
			const { documentKey, fullDocument, updateDescription } = change as unknown as EndpointChange;
			const changedBy = fullDocument?.changedBy ?? updateDescription?.updatedFields.changedBy;
			if (changedBy !== undefined && endpoints.wrote(changedBy)) return;
			listeners.tell({ what: 'endpoints', endpointIds: [documentKey._id] });
		},
		onError,
	});
	return [recorded, changed];
}
