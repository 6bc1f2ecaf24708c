import { randomUUID } from 'node:crypto';
import { Endpoint } from '@fefaent/contracts/callback';
import { isDuplicateKey } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import { type EndpointHealth, type EndpointRecord, type NewEndpointRecord, wellHealth } from '../../domain/endpoint.ts';
import type { EndpointPage } from '../port.ts';
import { buffer, change, endpointOf, healthFields } from './documents.ts';
import { byIssuer, type EndpointFields } from './schema.ts';

/** Endpoints, with the leases on them. */
export class MongoEndpoints {
	readonly #model: Model<EndpointFields>;
	readonly #replica: string;

	/** @param replica as no other calls itself */
	constructor(model: Model<EndpointFields>, replica: string) {
		this.#model = model;
		this.#replica = replica;
	}

	/** Writes an endpoint of its next revision; its lease stays as it is. @param generation only while it is of this one */
	async put({ endpoint, revision, sealedSecrets, health }: NewEndpointRecord, generation: number | undefined): Promise<boolean> {
		const { id: _id, issuerCode } = endpoint;
		const secrets = buffer(sealedSecrets);
		const fields = { issuerCode, revision, document: buffer(Endpoint.encode(endpoint).finish()), secrets, ...this.#changed() };
		const update = change({ ...fields, ...healthFields(health) });
		if (revision > 1) {
			const before = { _id, revision: revision - 1, ...(generation !== undefined && { generation }) };
			return (await this.#model.updateOne(before, { ...update, $inc: { generation: 1 } })).matchedCount === 1;
		}
		try {
			await this.#model.bulkWrite([{ insertOne: { document: { _id, generation: 1, ...update.$set } } }] as never);
			return true;
		} catch (error) {
			if (isDuplicateKey(error)) return false;
			throw error;
		}
	}

	/** Writes secrets encrypted anew: no change that other replicas hear of. @returns whether the endpoint was of that revision */
	async reseal(_id: string, revision: number, sealedSecrets: Uint8Array): Promise<boolean> {
		return (await this.#model.updateOne({ _id, revision }, { $set: { secrets: buffer(sealedSecrets) } })).matchedCount === 1;
	}

	/** In the order of the ids. */
	async getMany(ids: readonly string[]): Promise<readonly (EndpointRecord | undefined)[]> {
		const found = await this.#read({ _id: { $in: ids } }, ids.length);
		const records = new Map(found.map((record) => [record.endpoint.id, record]));
		return ids.map((id) => records.get(id));
	}

	/** All of these issuers, oldest first. */
	ofIssuers(issuerCodes: readonly string[]): Promise<readonly EndpointRecord[]> {
		return this.#read({ issuerCode: { $in: issuerCodes } }, 0, byIssuer);
	}

	/** Some, oldest first. */
	page({ issuerCode, afterId, limit }: EndpointPage): Promise<readonly EndpointRecord[]> {
		const after = { _id: { $gt: afterId } };
		return issuerCode === '' ? this.#read(after, limit) : this.#read({ issuerCode, ...after }, limit, byIssuer);
	}

	/** Removes an endpoint, of this revision where one is given. @returns whether there was one */
	async remove(_id: string, revision: number | undefined): Promise<boolean> {
		return (await this.#model.deleteOne({ _id, ...(revision !== undefined && { revision }) })).deletedCount === 1;
	}

	/** Writes how an endpoint of that generation fares. */
	async setHealth(_id: string, generation: number, health: EndpointHealth): Promise<void> {
		await this.#model.updateOne({ _id, generation }, change(healthFields(health)));
	}

	/** Forgets what stands against endpoints, by a new generation. */
	async endWaits(ids: readonly string[]): Promise<void> {
		const update = change({ ...healthFields(wellHealth), ...this.#changed() });
		await this.#model.updateMany({ _id: { $in: [...ids] } }, { ...update, $inc: { generation: 1 } });
	}

	/** Takes, or keeps, an endpoint for an owner. @returns false when another one holds it, or it is not there */
	async lease(_id: string, owner: string, realNow: number, until: number): Promise<boolean> {
		const free = { $or: [{ owner: { $exists: false } }, { owner }, { leaseUntil: { $lte: realNow } }] };
		return (await this.#model.updateOne({ _id, ...free }, { $set: { owner, leaseUntil: until } })).matchedCount === 1;
	}

	/** Ends the lease of an endpoint, or all leases of an owner. @param leaving whether other replicas are to hear of it */
	async release(owner: string, id: string | undefined, leaving: boolean): Promise<void> {
		const free = { $unset: { owner: 1, leaseUntil: 1 }, ...(leaving && { $set: this.#changed() }) };
		await this.#model.updateMany({ owner, ...(id !== undefined && { _id: id }) }, free);
	}

	/** When the next wait of an endpoint ends after an instant. */
	async nextEnd(now: Date): Promise<Date | undefined> {
		const found = await this.#model
			.findOne({ notBefore: { $gt: now } }, { notBefore: 1 })
			.sort({ notBefore: 1 })
			.lean();
		return found?.notBefore ?? undefined;
	}

	/** Whether a change that another replica sees was written by this one. */
	wrote(changedBy: string): boolean {
		return changedBy.slice(idLength + 1) === this.#replica;
	}

	/** Never the same twice, so that every change shows it. */
	#changed(): Pick<EndpointFields, 'changedBy'> {
		return { changedBy: `${randomUUID()} ${this.#replica}` };
	}

	/** @param limit 0: all */
	async #read(filter: Readonly<Record<string, unknown>>, limit: number, hint: Readonly<Record<string, 1>> = { _id: 1 }) {
		const found = await this.#model
			.find(filter as never)
			.hint(hint)
			.sort({ _id: 1 })
			.limit(limit)
			.lean();
		return found.map((one) => endpointOf(one as EndpointFields));
	}
}

/** Of a UUID. */
const idLength = 36;
