import { currentTraceparent, traceIdOf } from '@fefaent/service-kit';
import { type Decision, type NewEvent, type Stored, versionOf } from '../domain/decision.ts';
import { traced } from '../domain/record.ts';
import { notificationError } from '../errors.ts';
import { outgoing } from '../outbox/outgoing.ts';
import { recordChanges } from '../telemetry.ts';
import type { OperationDeps } from './deps.ts';
import { type Step, storing } from './step.ts';

/** What a batch wants of one id. */
interface Work {
	/** As it was read. */
	readonly read: Stored | undefined;
	/** As it is after the commands decided so far. */
	current: Stored | undefined;
	readonly events: NewEvent[];
	/** Places in the batch of the commands decided on it. */
	readonly places: number[];
}

/**
 * Decides a batch of commands, each by its id's present record, and writes what changed: one read and one write for all. Commands on one id
 * follow each other as if they had come one by one. Where another writer was first, the commands of that id are decided again on what it wrote.
 * @param decide pure; called again when its decision came too late
 * @returns one answer for each command, in order
 * @throws `NOTIFICATION_BUSY` when it came too late too often; the other ids' changes are written by then, so commands must be idempotent
 */
export async function changeAll<C extends { readonly id: number }, R>(
	deps: OperationDeps,
	step: Step,
	commands: readonly C[],
	decide: (stored: Stored | undefined, command: C, now: Date) => Decision<R>,
): Promise<readonly R[]> {
	const results = new Array<R>(commands.length);
	let places: readonly number[] = commands.map((_, place) => place);
	for (let attempt = 1; places.length > 0; attempt++) {
		if (attempt > deps.config.FEFAENT_NOTIFICATION_WRITE_ATTEMPTS) throw notificationError('NOTIFICATION_BUSY');
		const works = await readWorks(deps, commands, places);
		const now = deps.clock.now();
		for (const place of places) {
			const command = commands[place] as C;
			const work = works.get(command.id) as Work;
			const decision = decide(work.current, command, now);
			results[place] = decision.result;
			work.current = decision.next ?? work.current;
			work.events.push(...decision.events);
			work.places.push(place);
		}
		places = await write(deps, step, [...works.values()]);
	}
	return results;
}

async function readWorks(deps: OperationDeps, commands: readonly { readonly id: number }[], places: readonly number[]) {
	const ids = [...new Set(places.map((place) => (commands[place] as { readonly id: number }).id))];
	const read = await deps.store.getMany(ids);
	return new Map(ids.map((id): [number, Work] => [id, { read: read.get(id), current: read.get(id), events: [], places: [] }]));
}

/** Writes what changed. @returns the places of the commands that were decided on what is no longer there */
async function write(deps: OperationDeps, step: Step, works: readonly Work[]): Promise<readonly number[]> {
	const changes = works.flatMap((work) =>
		work.read && work.current && work.current !== work.read ? [{ ...work, read: work.read, next: work.current }] : [],
	);
	if (changes.length === 0) return [];
	const traceparent = currentTraceparent();
	const traceId = traceIdOf(traceparent);
	const written = await storing(step, () =>
		deps.store.replaceMany(
			changes.map(({ read, next, events }) => ({
				expectedVersion: versionOf(read),
				next: tracedSince(read, next, traceId),
				events: events.map((event) => outgoing(event, traceparent)),
			})),
		),
	);
	recordChanges(changes.flatMap((change, index) => (written[index] === 'written' ? change.events : [])));
	return changes.flatMap((change, index) => (written[index] === 'written' ? [] : change.places));
}

/** What a call wrote of a notification, told apart by its trace. */
function tracedSince(read: Stored, next: Stored, traceId: string | undefined): Stored {
	if (next.kind === 'purged' || read.kind === 'purged') return next;
	return { ...next, notification: traced(next.notification, read.notification.timeline.length, traceId) };
}
