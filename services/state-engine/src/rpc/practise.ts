import type { ItemFailure } from '@fefaent/contracts/common';
import type { PractiseItem, PractiseRequest, PractiseResponse, PractiseResult } from '@fefaent/contracts/lifecycle';
import { type Author, type Notification, NotificationView, State } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { inHalves } from '@fefaent/service-kit';
import { successive } from '../domain/batches.ts';
import { judge } from '../domain/practise.ts';
import { stateOfDecision } from '../domain/states.ts';
import { itemFailure, stateEngineError } from '../errors.ts';
import { checkBatch, type HandlerDeps, load, unproved } from './deps.ts';

/** Looks at an item again after it lost a race; a notification leaves DEPOSITED but once, so few are ever needed. */
const maxLooks = 3;

/** Accepts or rejects: judge, run the transition, and look again at those that lost a race. */
export async function practise(request: PractiseRequest, deps: HandlerDeps): Promise<PractiseResponse> {
	const ids = request.items.map((item) => item.id);
	checkBatch(ids);
	if (request.items.some((item) => stateOfDecision(item.decision) === undefined)) {
		throw stateEngineError('INVALID_REQUEST', { problem: 'a decision is neither to accept nor to reject' });
	}
	const results: PractiseResult[] = [];
	for (const part of successive(ids)) {
		const answered = await practiseDistinct(
			part.flatMap((index) => request.items[index] ?? []),
			request.issuerCode,
			deps,
		);
		part.forEach((index, position) => {
			results[index] = answered[position] ?? failed(ids[index] ?? 0, itemFailure('PROOF_UNAVAILABLE'));
		});
	}
	return { results };
}

async function practiseDistinct(items: readonly PractiseItem[], issuerCode: string, deps: HandlerDeps): Promise<readonly PractiseResult[]> {
	const results: PractiseResult[] = items.map((item) => failed(item.id, itemFailure('PROOF_UNAVAILABLE')));
	const notifications = await load(
		items.map((item) => item.id),
		NotificationView.CASE,
		deps,
	);
	let open = items.map((item, index) => ({ item, index }));
	for (let look = 1; open.length > 0 && look <= maxLooks; look++) {
		const decided: typeof open = [];
		const wanted: { item: PractiseItem; index: number; author: Author; before: Notification | undefined }[] = [];
		for (const one of open) {
			const before = notifications.get(one.item.id);
			const judged = judge(one.item, before, issuerCode);
			if (judged.kind === 'refused') results[one.index] = failed(one.item.id, judged.failure);
			else if (judged.kind === 'decided') decided.push(one);
			else wanted.push({ ...one, author: judged.author, before });
		}
		await answerDecided(decided, results, deps);
		open = await decide(wanted, results, notifications, deps);
	}
	return results;
}

/** Answers decisions taken before with the evidence made then. */
async function answerDecided(
	items: readonly { item: PractiseItem; index: number }[],
	results: PractiseResult[],
	deps: HandlerDeps,
): Promise<void> {
	const keys = items.map(({ item }) => ({ notificationId: item.id, transition: item.decision }));
	const found = await inHalves(keys, async (some) => (await deps.evidences.get({ keys: some })).results);
	items.forEach(({ item, index }, position) => {
		const one = found[position];
		if (one instanceof DomainError) {
			results[index] = failed(item.id, unproved(item.id, one, deps));
			return;
		}
		const xml = one?.evidence?.xml;
		// Its document is gone only when the notification is being purged.
		results[index] = xml?.length ? practised(item, xml, true) : failed(item.id, itemFailure('NOTIFICATION_UNKNOWN'));
	});
}

/** Runs what is open. @returns the items to look at again, their notifications being known as they are now */
async function decide(
	items: readonly { item: PractiseItem; index: number; author: Author; before: Notification | undefined }[],
	results: PractiseResult[],
	notifications: Map<number, Notification>,
	deps: HandlerDeps,
): Promise<{ item: PractiseItem; index: number }[]> {
	if (items.length === 0) return [];
	const outcomes = await deps.runner.run(
		items.map(({ item, author }) => ({
			id: item.id,
			from: [State.DEPOSITED],
			transition: item.decision,
			to: stateOfDecision(item.decision) ?? State.UNSPECIFIED,
			author,
		})),
	);
	return items.filter(({ item, index, before }, position) => {
		const outcome = outcomes[position];
		if (outcome?.kind === 'published') {
			results[index] = practised(item, outcome.evidence?.xml ?? new Uint8Array(), before?.claim?.transition === item.decision);
		} else if (outcome?.kind === 'unproved') {
			results[index] = failed(item.id, unproved(item.id, outcome.error, deps));
		} else if (outcome?.kind === 'elsewhere') {
			notifications.set(item.id, outcome.notification);
			return true;
		} else {
			results[index] = failed(item.id, itemFailure('NOTIFICATION_UNKNOWN'));
		}
		return false;
	});
}

function practised({ id, decision }: PractiseItem, evidenceXml: Uint8Array, repeatedRequest: boolean): PractiseResult {
	return { id, outcome: { $case: 'practised', value: { decision, evidenceXml, repeatedRequest } } };
}

function failed(id: number, failure: ItemFailure): PractiseResult {
	return { id, outcome: { $case: 'failure', value: failure } };
}
