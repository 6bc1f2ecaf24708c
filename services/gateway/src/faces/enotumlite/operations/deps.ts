import type { Logger } from '@fefaent/service-kit';
import type { XmlElement } from '@fefaent/xml';
import type { Evidences, Lifecycle, Notifications } from '../../../clients.ts';
import type { DirectoryReader } from '../../../directory/reader.ts';
import type { Issuer } from '../../../directory/types.ts';
import type { DialectName } from '../names.ts';
import type { BrokenFacets } from '../schema.ts';

/** What the face works with. */
export interface EnotumLiteDeps {
	readonly directory: Pick<DirectoryReader, 'issuer' | 'administrations'>;
	readonly notifications: Pick<Notifications, 'create'>;
	readonly lifecycle: Pick<Lifecycle, 'practise' | 'cancel' | 'view'>;
	readonly evidences: Pick<Evidences, 'get'>;
	readonly logger: Logger;
}

/** For whom and in which dialect an operation runs. */
export interface OperationContext {
	readonly issuer: Issuer;
	readonly dialect: DialectName;
}

/**
 * One operation, in two steps: it first reads the request, which may turn out not to fit the schema after all (ERR_01); what it answers with
 * then runs it and gives the answer's markup.
 */
export type Operation = (request: XmlElement, facets: BrokenFacets) => (deps: EnotumLiteDeps, context: OperationContext) => Promise<string>;
