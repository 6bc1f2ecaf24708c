import { refusedField } from './migrate.ts';

/** How a model's bulk is written: in any order, and failing as a whole for what the schema refuses, where mongoose would leave that out without a word. */
export const unordered = { ordered: false, throwOnValidationError: true } as const;

/**
 * An update of a bulk that tells when it did not apply. A bulk answers only how many of its updates matched, not which: so each is an upsert whose
 * insertion always fails, on the taken `_id` or on the validator that refuses {@link refusedField}. Read the answer with `lostWrites`.
 * @param filter must name `_id`
 */
export function conditionalUpdate<F extends { readonly _id: unknown }>(filter: F, update: Readonly<Record<string, unknown>>) {
	return { updateOne: { filter, update: { ...update, $setOnInsert: { [refusedField]: true } }, upsert: true } };
}

/**
 * The same for an update by a pipeline.
 * @param always a field that every document has, and that the pipeline does not set before its end
 */
export function conditionalPipeline<F extends { readonly _id: unknown }>(filter: F, always: string, stages: readonly object[]) {
	const refusal = { $cond: [{ $eq: [{ $type: `$${always}` }, 'missing'] }, true, '$$REMOVE'] };
	return { updateOne: { filter, update: [{ $set: { [refusedField]: refusal } }, ...stages], upsert: true } };
}
