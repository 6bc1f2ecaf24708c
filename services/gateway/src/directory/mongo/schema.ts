import type { MongoMigration, SchemaPaths } from '@fefaent/store-kit/mongo';
import type { Administration, Credential, Issuer } from '../types.ts';

/** An issuer, by its code. */
export type IssuerFields = Omit<Issuer, 'code'> & { readonly _id: string };

/** A credential, by its id. `active` while it is not revoked: then nothing else may have its digest. */
export type CredentialFields = Omit<Credential, 'id'> & { readonly _id: string; readonly active: boolean };

/** An administration, by its key. */
export type AdministrationFields = Omit<Administration, 'key'> & { readonly _id: string };

/** Something that is done once in the store's life. */
export interface FactFields {
	readonly _id: string;
	readonly at: Date;
}

/** The collections, one for each kind of document. */
export const collections = { issuers: 'issuers', credentials: 'credentials', administrations: 'administrations', facts: 'facts' } as const;

/** The paths of each collection. */
export const paths: Readonly<Record<keyof typeof collections, SchemaPaths>> = {
	issuers: {
		_id: String,
		name: String,
		enabled: Boolean,
		defaultExpiryDays: Number,
		noticeDefaults: { firstNotice: Boolean, reminder: Boolean },
		evidenceForm: String,
		createdAt: Date,
		version: Number,
	},
	credentials: {
		_id: String,
		label: String,
		kind: String,
		digest: String,
		issuers: [String],
		createdAt: Date,
		revokedAt: Date,
		lastUsedAt: Date,
		active: Boolean,
	},
	administrations: { _id: String, cif: String, name: String, addedAt: Date },
	facts: { _id: String, at: Date },
};

/** The schema's steps. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'directory',
		collections: Object.values(collections),
		indexes: [
			{
				collection: collections.credentials,
				key: { kind: 1, digest: 1 },
				unique: true,
				partialFilterExpression: { active: true },
			},
			{ collection: collections.credentials, key: { issuers: 1, _id: 1 } },
		],
	},
];
