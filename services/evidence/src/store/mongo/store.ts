import type { Evidence, EvidenceKey } from '@fefaent/contracts/evidence';
import { transitionFromJSON, transitionToNumber } from '@fefaent/contracts/notification';
import { Batcher } from '@fefaent/kernel';
import { bytes, losersOf, type MongoOptions, openMongo } from '@fefaent/store-kit/mongo';
import { type DecisionKey, type EvidenceStore, keyText } from '../port.ts';
import { type EvidenceFields, evidencePaths, evidencesCollection, migrations } from './schema.ts';

/** Opens the evidence service's own MongoDB database. What arrives together is written as one bulk. */
export function openMongoEvidenceStore(options: Omit<MongoOptions, 'name' | 'migrations'>): EvidenceStore & { prepare(): Promise<void> } {
	const db = openMongo({ ...options, name: 'evidence', migrations });
	const evidences = db.model<EvidenceFields>(evidencesCollection, evidencePaths);

	async function read(keys: readonly EvidenceKey[]): Promise<ReadonlyMap<string, Evidence>> {
		if (keys.length === 0) return new Map();
		const found = await evidences.find({ _id: { $in: keys.map(idOf) }, evidenceId: { $exists: true } }).lean();
		return new Map(found.map((one) => evidenceOf(one as StoredEvidence)).map((one) => [keyText(one), one]));
	}

	// Evidences are some kilobytes each: bulks stay far below what the server takes at once.
	const inserting = new Batcher<Evidence, Evidence | undefined>((batch) => db.run(() => insert(batch)), { maxRuns: 4 });

	/** One of each key at a time, so that of two the first one stays. */
	async function insert(batch: readonly Evidence[]): Promise<readonly (Evidence | undefined)[]> {
		const stored = new Map<string, Evidence>();
		const answers = new Map<Evidence, Evidence | undefined>();
		for (let open = batch; open.length > 0; ) {
			const firsts = [...new Map(open.toReversed().map((one) => [keyText(one), one])).values()].filter((one) => !stored.has(keyText(one)));
			const refused = await losersOf(() => evidences.collection.bulkWrite(firsts.map(insertion) as never, { ordered: false }));
			const others = await read(firsts.filter((_, index) => refused.has(index)));
			firsts.forEach((one, index) => {
				const kept = refused.has(index) ? others.get(keyText(one)) : one;
				answers.set(one, kept);
				if (kept) stored.set(keyText(kept), kept);
			});
			open = open.filter((one) => !answers.has(one) && !stored.has(keyText(one)));
		}
		return batch.map((one) => (answers.has(one) ? answers.get(one) : stored.get(keyText(one))));
	}

	async function abandon(decisions: readonly DecisionKey[]): Promise<readonly (Evidence | undefined)[]> {
		const refused = await losersOf(() => evidences.collection.bulkWrite(decisions.map(abandonment) as never, { ordered: false }));
		const stored = await read(decisions.filter((_, index) => refused.has(index)));
		return decisions.map((one) => stored.get(keyText(one)));
	}

	return {
		prepare: () => db.prepare(),
		findMany: (keys) => db.run(() => read(keys)),
		insertMany: (batch) => Promise.all(batch.map((one) => inserting.add(one))),
		abandonMany: (decisions) => (decisions.length === 0 ? Promise.resolve([]) : db.run(() => abandon(decisions))),
		purge: async (ids) => {
			await db.run(() =>
				evidences.updateMany({ notificationId: { $in: [...ids] }, evidenceId: { $exists: true } }, { $set: { xml: Buffer.alloc(0) } }),
			);
		},
		ping: () => db.ping(),
		close: () => db.close(),
	};
}

function idOf({ notificationId, transition }: EvidenceKey): string {
	return `${notificationId}/${transitionToNumber(transition)}`;
}

/** Applies unless there is one, or the decision was abandoned: then the upsert meets the taken key, and is told among those that lost. */
function insertion(one: Evidence) {
	const decidedAt = one.decidedAt ?? new Date(0);
	const filter = {
		_id: idOf(one),
		evidenceId: { $exists: false },
		$or: [{ abandonedAt: { $exists: false } }, { abandonedAt: { $lt: decidedAt } }],
	};
	const fields: Omit<StoredEvidence, '_id' | 'abandonedAt'> = {
		...keyOf(one),
		evidenceId: one.id,
		issuedAt: one.issuedAt ?? new Date(0),
		decidedAt,
		level: one.level,
		sha256: Buffer.from(one.sha256),
		xml: Buffer.from(one.xml),
	};
	return { updateOne: { filter, update: { $set: fields }, upsert: true } };
}

/** Applies unless there is an evidence: as {@link insertion}. */
function abandonment(decision: DecisionKey) {
	const filter = { _id: idOf(decision), evidenceId: { $exists: false } };
	return { updateOne: { filter, update: { $max: { abandonedAt: decision.decidedAt }, $set: keyOf(decision) }, upsert: true } };
}

function keyOf({ notificationId, transition }: EvidenceKey) {
	return { notificationId, transition: transitionToNumber(transition) };
}

type StoredEvidence = Required<Omit<EvidenceFields, 'abandonedAt'>> & Pick<EvidenceFields, 'abandonedAt'>;

function evidenceOf(fields: StoredEvidence): Evidence {
	const { notificationId, transition, evidenceId, issuedAt, decidedAt, level, sha256, xml } = fields;
	return {
		id: evidenceId,
		notificationId,
		transition: transitionFromJSON(transition),
		xml: bytes(xml),
		sha256: bytes(sha256),
		issuedAt,
		decidedAt,
		level,
	};
}
