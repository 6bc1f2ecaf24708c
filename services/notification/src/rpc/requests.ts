import {
	type ClaimItem,
	type CompleteItem,
	type Draft,
	type ExportItem,
	isProved,
	type ListClaimsRequest,
	mayBeGivenUp,
	type SearchRequest,
	State,
	Transition,
} from '@fefaent/contracts/notification';
import type { ClaimCommand } from '../domain/claim.ts';
import { draftProblem, identityProblem } from '../domain/draft.ts';
import { ruleOf } from '../domain/transitions.ts';
import { notificationError } from '../errors.ts';
import { recordName } from '../operations/zip.ts';
import type { ClaimPosition, SearchQuery } from '../store/port.ts';

/** Most items of a batch. */
export const maxBatch = 100;

/** @throws `BATCH_SIZE` unless the batch holds 1 to {@link maxBatch} items */
export function checkBatch(items: readonly unknown[]): void {
	if (items.length < 1 || items.length > maxBatch) throw notificationError('BATCH_SIZE', { max: String(maxBatch) });
}

/** @throws `BATCH_SIZE`, `ITEM_INVALID` for what cannot be an id */
export function checkIds(ids: readonly number[]): void {
	checkBatch(ids);
	ids.forEach((id, index) => {
		if (!Number.isSafeInteger(id)) throw invalid(index, 'id');
	});
}

/** @throws `BATCH_SIZE`, `DRAFT_INVALID` */
export function checkDrafts(drafts: readonly Draft[]): void {
	checkBatch(drafts);
	drafts.forEach((draft, index) => {
		const field = draftProblem(draft);
		if (field !== undefined) throw notificationError('DRAFT_INVALID', { index: String(index), field });
	});
}

/** @throws `BATCH_SIZE`, `ITEM_INVALID` for a decision that no rule knows or that nobody takes */
export function claimCommands(items: readonly ClaimItem[]): readonly ClaimCommand[] {
	checkIds(items.map((item) => item.id));
	return items.map((item, index) => {
		const { author } = item;
		if (item.target !== ruleOf(item.transition)?.target) throw invalid(index, 'transition and target');
		if (item.expectedStates.length === 0) throw invalid(index, 'expected_states');
		if (!author || author.actor === '' || author.actor.length > 50) throw invalid(index, 'author.actor');
		if (author.recipientIndex !== undefined && !(author.recipientIndex >= 0 && author.recipientIndex < 5))
			throw invalid(index, 'author.recipient_index');
		for (const identity of [author.natural, author.legal])
			if (identity && identityProblem(identity)) throw invalid(index, 'author identity');
		return { ...item, author };
	});
}

/** The name of an error, so that nobody's data gets into the history of a notification by way of a message. */
const failureName = /^[A-Z][A-Z0-9_]{0,99}$/;

/** @throws `BATCH_SIZE`, `ITEM_INVALID` for a proof that is missing or not asked for, or a decision that cannot be given up */
export function checkCompletions(items: readonly CompleteItem[]): void {
	checkIds(items.map((item) => item.id));
	items.forEach(({ transition, evidence, failure }, index) => {
		const rule = ruleOf(transition);
		if (!rule) throw invalid(index, 'transition');
		if (failure !== '') {
			if (!mayBeGivenUp(transition) && transition !== Transition.FAIL) throw invalid(index, 'failure');
			if (!failureName.test(failure)) throw invalid(index, 'failure');
		}
		if ((evidence !== undefined) !== (isProved(transition) && failure === '')) throw invalid(index, 'evidence');
		if (!evidence) return;
		if (evidence.transition !== transition || evidence.evidenceId === '' || evidence.evidenceId.length > 50)
			throw invalid(index, 'evidence');
		if (evidence.sha256.length !== 32) throw invalid(index, 'evidence.sha256');
	});
}

/** What a file within a zip may be called: a plain name, in no folder. */
const fileName = /^[A-Za-z0-9][\w.-]{0,199}$/;

/** @throws `BATCH_SIZE`, `ITEM_INVALID` for files that are too many, too large, or named so that they would hide another */
export function checkExports(items: readonly ExportItem[], maxBytes: number): void {
	checkIds(items.map((item) => item.id));
	items.forEach(({ files }, index) => {
		const names = new Set(files.map((file) => file.name));
		if (files.length > maxBatch || names.size !== files.length || names.has(recordName)) throw invalid(index, 'files');
		if (!files.every((file) => fileName.test(file.name))) throw invalid(index, 'files.name');
		if (files.reduce((bytes, file) => bytes + file.content.length, 0) > maxBytes) throw invalid(index, 'files.content');
	});
}

/** What a search asks of the store. @throws `BATCH_SIZE` for a limit out of bounds */
export function searchQuery(request: SearchRequest): SearchQuery {
	return {
		limit: checkedLimit(request.limit),
		...(request.issuerCode === '' ? {} : { issuerCode: request.issuerCode }),
		...(request.issuerReference === '' ? {} : { issuerReference: request.issuerReference }),
		...(request.state === State.UNSPECIFIED ? {} : { state: request.state }),
		...(request.beforeId === 0 ? {} : { beforeId: request.beforeId }),
	};
}

/** @throws `BATCH_SIZE` unless 1 to {@link maxBatch} */
export function checkedLimit(limit: number): number {
	if (!Number.isInteger(limit) || limit < 1 || limit > maxBatch) throw notificationError('BATCH_SIZE', { max: String(maxBatch) });
	return limit;
}

/** Where a page of claims begins. @throws `ITEM_INVALID` for what is no place */
export function claimPosition(after: ListClaimsRequest['after']): ClaimPosition | undefined {
	if (!after) return undefined;
	if (!after.decidedAt || !Number.isSafeInteger(after.id)) throw invalid(0, 'after');
	return { decidedAt: after.decidedAt, id: after.id };
}

function invalid(index: number, field: string) {
	return notificationError('ITEM_INVALID', { index: String(index), field });
}
