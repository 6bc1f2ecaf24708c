import { crashpoint } from '@fefaent/kernel';
import { isDuplicateKey, type MongoDatabase, type MongoOptions, openMongo } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { DirectoryStore } from '../port.ts';
import type { Administration, Credential, Issuer, Page } from '../types.ts';
import {
	type AdministrationFields,
	type CredentialFields,
	collections,
	type FactFields,
	type IssuerFields,
	migrations,
	paths,
} from './schema.ts';

/** Opens the gateway's own MongoDB database: the directory. */
export function openMongoGatewayStore(options: Omit<MongoOptions, 'name' | 'migrations'>): DirectoryStore & { prepare(): Promise<void> } {
	return new MongoDirectoryStore(openMongo({ ...options, name: 'gateway', migrations }));
}

class MongoDirectoryStore implements DirectoryStore {
	readonly #db: MongoDatabase;
	readonly #issuers: Model<IssuerFields>;
	readonly #credentials: Model<CredentialFields>;
	readonly #administrations: Model<AdministrationFields>;
	readonly #facts: Model<FactFields>;

	constructor(db: MongoDatabase) {
		this.#db = db;
		this.#issuers = db.model(collections.issuers, paths.issuers);
		this.#credentials = db.model(collections.credentials, paths.credentials);
		this.#administrations = db.model(collections.administrations, paths.administrations);
		this.#facts = db.model(collections.facts, paths.facts);
	}

	prepare(): Promise<void> {
		return this.#db.prepare();
	}

	insertIssuer({ code, ...issuer }: Issuer): Promise<boolean> {
		return this.#write('gateway.issuer.inserted', () => inserted(() => this.#issuers.create([{ _id: code, ...issuer }])));
	}

	replaceIssuer({ code, ...issuer }: Issuer): Promise<boolean> {
		return this.#write('gateway.issuer.replaced', async () => {
			const { matchedCount } = await this.#issuers.replaceOne({ _id: code, version: issuer.version - 1 }, issuer);
			return matchedCount === 1;
		});
	}

	issuers(codes: readonly string[]): Promise<readonly Issuer[]> {
		return this.#db.run(async () =>
			(await this.#issuers.find({ _id: { $in: [...codes] } }).lean()).map((one) => issuerOf(one as IssuerFields)),
		);
	}

	listIssuers(page: Page): Promise<readonly Issuer[]> {
		return this.#db.run(async () => (await paged(this.#issuers, {}, page)).map(issuerOf));
	}

	insertCredential({ id, ...credential }: Credential): Promise<boolean> {
		const active = credential.revokedAt === undefined;
		return this.#write('gateway.credential.inserted', () =>
			inserted(() => this.#credentials.create([{ _id: id, ...credential, active } as never])),
		);
	}

	credential(id: string): Promise<Credential | undefined> {
		return this.#one({ _id: id });
	}

	certificate(digest: string): Promise<Credential | undefined> {
		return this.#one({ kind: 'certificate', digest, active: true });
	}

	listCredentials(issuer: string, page: Page): Promise<readonly Credential[]> {
		return this.#db.run(async () => (await paged(this.#credentials, issuer === '' ? {} : { issuers: issuer }, page)).map(credentialOf));
	}

	revokeCredential(id: string, at: Date): Promise<Credential | undefined> {
		return this.#write('gateway.credential.revoked', async () => {
			await this.#credentials.updateOne({ _id: id, active: true }, { $set: { active: false, revokedAt: at } });
			const found = await this.#credentials.findById(id).lean();
			return found ? credentialOf(found as CredentialFields) : undefined;
		});
	}

	async touchCredential(id: string, at: Date): Promise<void> {
		// The latest use counts, whichever replica writes last.
		await this.#write('gateway.credential.touched', () => this.#credentials.updateOne({ _id: id }, { $max: { lastUsedAt: at } }));
	}

	async putAdministrations(administrations: readonly Administration[]): Promise<void> {
		if (administrations.length === 0) return;
		const puts = administrations.map(({ key, ...rest }) => ({ updateOne: { filter: { _id: key }, update: { $set: rest }, upsert: true } }));
		await this.#write('gateway.administrations.put', () => this.#administrations.bulkWrite(puts as never));
	}

	/** Marked last: a crash before seeds again what nobody can have removed yet. */
	seedAdministrations(administrations: readonly Administration[]): Promise<boolean> {
		return this.#write('gateway.administrations.seeded', async () => {
			const _id = 'administrations-seeded';
			if (await this.#facts.exists({ _id })) return false;
			const seeds = administrations.map(({ key, ...rest }) => ({
				updateOne: { filter: { _id: key }, update: { $setOnInsert: rest }, upsert: true },
			}));
			if (seeds.length > 0) await this.#administrations.bulkWrite(seeds as never);
			return inserted(() => this.#facts.create([{ _id, at: new Date() }]));
		});
	}

	removeAdministration(key: string): Promise<boolean> {
		return this.#write('gateway.administrations.removed', async () => {
			const { deletedCount } = await this.#administrations.deleteOne({ _id: key });
			return deletedCount === 1;
		});
	}

	listAdministrations(page: Page): Promise<readonly Administration[]> {
		return this.#db.run(async () =>
			(await paged(this.#administrations, {}, page)).map(({ _id, cif, name, addedAt }) => ({ key: _id, cif, name, addedAt })),
		);
	}

	administrationKeys(): Promise<readonly string[]> {
		return this.#db.run(async () => (await this.#administrations.find({}, { _id: 1 }).lean()).map((one) => one._id));
	}

	ping(): Promise<void> {
		return this.#db.ping();
	}

	close(): Promise<void> {
		return this.#db.close();
	}

	#one(filter: Readonly<Record<string, unknown>>): Promise<Credential | undefined> {
		return this.#db.run(async () => {
			const found = await this.#credentials.findOne(filter).lean();
			return found ? credentialOf(found as CredentialFields) : undefined;
		});
	}

	async #write<T>(point: string, write: () => Promise<T>): Promise<T> {
		await crashpoint(`${point}.before`);
		const result = await this.#db.run(write);
		await crashpoint(`${point}.after`);
		return result;
	}
}

/** One page in ascending order of the ids. */
async function paged<T>(model: Model<T>, filter: Readonly<Record<string, unknown>>, { after, limit }: Page): Promise<readonly T[]> {
	const found = await model
		.find({ ...filter, _id: { $gt: after } } as never)
		.sort({ _id: 1 })
		.limit(limit)
		.lean();
	return found as readonly T[];
}

/** @returns false when the key is taken */
async function inserted(insert: () => Promise<unknown>): Promise<boolean> {
	try {
		await insert();
		return true;
	} catch (error) {
		if (isDuplicateKey(error)) return false;
		throw error;
	}
}

function issuerOf({ _id, ...rest }: IssuerFields): Issuer {
	return { code: _id, ...rest };
}

function credentialOf({ _id, active: _, ...rest }: CredentialFields): Credential {
	return { id: _id, ...rest };
}
