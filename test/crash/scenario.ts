// What an administration does in the crash suites: a script of steps that may be broken off by a kill at any instant and is then simply
// run again from the start. Every step is one that an integrator may repeat.
import type { RunningFefaent } from '../support/process.ts';
import { cancelRequest, consultRequest, createRequest, nif, practiseRequest } from '../support/requests.ts';
import { createdIds, type SoapCaller, soapCaller, texts } from '../support/soap.ts';

/** How a notification is meant to end. */
export type Ending = 'accepted' | 'rejected' | 'expired' | 'discarded' | 'consulted';

/** A notification of the script. */
export interface Planned {
	readonly reference: string;
	/** Its place in its plan: what it says depends on nothing else, so that a repeated create says the same. */
	readonly n: number;
	readonly ending: Ending;
}

/** What was answered, kept across kills: only what came with a success answer counts as accepted. */
export class Journal {
	/** Reference to the ids that answers gave it: more than one is a double. */
	readonly ids = new Map<string, Set<number>>();
	/** Ids whose acceptance or rejection was answered. */
	readonly practised = new Map<number, string>();
	/** What an operator was answered, by what it is about. */
	readonly answered = new Map<string, string>();

	/** The id that a reference was answered with last: after a purge a reference may be given again. */
	idOf(reference: string): number | undefined {
		return [...(this.ids.get(reference) ?? [])].at(-1);
	}

	record(reference: string, id: number): void {
		const known = this.ids.get(reference) ?? new Set();
		known.add(id);
		this.ids.set(reference, known);
	}
}

/** A plan of `count` notifications that end in every way in turn. */
export function plan(prefix: string, count: number): readonly Planned[] {
	const endings: readonly Ending[] = ['accepted', 'rejected', 'expired', 'discarded', 'consulted'];
	return Array.from({ length: count }, (_, n) => ({ reference: `${prefix}-${n}`, n, ending: endings[n % endings.length] as Ending }));
}

/** Most items that a request takes. */
const batch = 100;

/** Plays the script up to what time alone brings. Rejects when the process dies under it. */
export async function playUntilWaiting(process: RunningFefaent, planned: readonly Planned[], journal: Journal): Promise<void> {
	const soap = soapCaller(process.publicUrl, { connections: 4 });
	try {
		for (const part of chunks(planned)) {
			await create(soap, part, journal);
			await until(process, soap, part, journal, (state) => state !== 'ENTRADA');
			await practise(soap, part, journal);
			await cancel(soap, part, journal);
		}
	} finally {
		soap.close();
	}
}

/** Plays the whole script against a running process. Rejects when the process dies under it. */
export async function play(process: RunningFefaent, planned: readonly Planned[], journal: Journal): Promise<void> {
	await playUntilWaiting(process, planned, journal);
	const soap = soapCaller(process.publicUrl, { connections: 4 });
	try {
		// The reminder is at half of the ten days; then the expiry.
		await process.advance('P6D');
		await process.advance('P5D');
		for (const part of chunks(planned)) {
			await until(process, soap, part, journal, (state, { ending }) => ending !== 'expired' || state === 'EXPIRADA');
		}
	} finally {
		soap.close();
	}
}

/** Creates all, half of them in one batch, half one by one. */
async function create(soap: SoapCaller, planned: readonly Planned[], journal: Journal): Promise<void> {
	const half = Math.ceil(planned.length / 2);
	const batches = [planned.slice(0, half), ...planned.slice(half).map((one) => [one])].filter((batch) => batch.length > 0);
	await Promise.all(
		batches.map(async (batch) => {
			const choices = batch.map(({ reference, n, ending }) => ({
				issuerReference: reference,
				nif: recipientOf(n),
				kind: ending === 'consulted' ? ('COMUNICACIO' as const) : ('NOTIFICACIO' as const),
				emails: [`${reference}@recipients.example`],
				reminder: true,
			}));
			const ids = createdIds(expectOk(await soap.call(createRequest(choices))));
			batch.forEach(({ reference }, index) => {
				const id = ids[index];
				if (id === undefined || Number.isNaN(id)) throw new Error(`${reference} was refused`);
				journal.record(reference, id);
			});
		}),
	);
}

function recipientOf(n: number): string {
	return nif(10_000_000 + n);
}

async function practise(soap: SoapCaller, planned: readonly Planned[], journal: Journal): Promise<void> {
	const decided = planned.filter(({ ending }) => ending === 'accepted' || ending === 'rejected');
	if (decided.length === 0) return;
	const items = decided.map(({ reference, n, ending }) => ({
		id: journal.idOf(reference) as number,
		decision: ending === 'accepted' ? ('ACCEPTAR' as const) : ('REBUTJAR' as const),
		// One says who accepts, the other is of the only recipient.
		nif: ending === 'accepted' ? recipientOf(n) : undefined,
	}));
	const answer = expectOk(await soap.call(practiseRequest(items)));
	if (texts(answer, 'Decisio').length !== items.length) throw new Error(`not every practise was answered: ${answer.slice(0, 500)}`);
	for (const { id, decision } of items) journal.practised.set(id, decision);
}

async function cancel(soap: SoapCaller, planned: readonly Planned[], journal: Journal): Promise<void> {
	const ids = planned.filter(({ ending }) => ending === 'discarded').map(({ reference }) => journal.idOf(reference) as number);
	if (ids.length === 0) return;
	const answer = expectOk(await soap.call(cancelRequest(ids)));
	if (texts(answer, 'CodiError').length > 0) throw new Error(`a cancel was refused: ${answer.slice(0, 500)}`);
}

/** Consults until every notification is in a state that will do. */
async function until(
	{ patienceMs }: RunningFefaent,
	soap: SoapCaller,
	planned: readonly Planned[],
	journal: Journal,
	enough: (state: string, planned: Planned) => boolean,
): Promise<void> {
	const deadline = Date.now() + patienceMs;
	for (;;) {
		const answer = expectOk(await soap.call(consultRequest(planned.map(({ reference }) => journal.idOf(reference) as number))));
		const states = texts(answer, 'Estat');
		if (states.length === planned.length && planned.every((one, index) => enough(states[index] as string, one))) return;
		if (Date.now() > deadline) throw new Error(`not at rest after ${patienceMs} ms: ${states.join(' ')}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

function chunks<T>(list: readonly T[]): T[][] {
	return Array.from({ length: Math.ceil(list.length / batch) }, (_, index) => list.slice(index * batch, (index + 1) * batch));
}

function expectOk({ status, body }: { readonly status: number; readonly body: string }): string {
	if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 500)}`);
	if (/<(?:\w+:)?RespostaError/.test(body)) throw new Error(`refused: ${body.slice(0, 500)}`);
	return body;
}
