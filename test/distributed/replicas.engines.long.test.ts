// Six services with two replicas each: twelve processes share the work out, and each piece of it is done once, whichever of them is held or killed.

import { NotificationEventType } from '@fefaent/contracts/events';
import {
	acceptCallback,
	eventually,
	eventuallyFound,
	type HttpRecorder,
	idNotificacioOf,
	mongoDocuments,
	type SmtpSink,
	startCallbackReceiver,
	startSmtpSink,
	temporaryFolder,
} from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequest, nif } from '../support/requests.ts';
import { createdIds, type SoapCaller, soapCaller } from '../support/soap.ts';
import { type Installation, startInstallation } from './installation.ts';
import { readTopic, type TopicReader } from './topic-reader.ts';

const folder = temporaryFolder();
const patience = { timeoutMs: 90_000, everyMs: 250 };
/** Of a lease of a part of an outbox or a queue, in milliseconds. */
const shardLeaseMs = 5_000;
/** Of a lease of an endpoint, in milliseconds. */
const callbackLeaseMs = 10_000;
/** What a busy machine, and the sharing out of Kafka's partitions, may add. */
const slackMs = 30_000;

let installation: Installation;
let topic: TopicReader;
let mails: SmtpSink;
let receiver: HttpRecorder;
let callers: readonly SoapCaller[];
/** Notifications created so far, of all tests. */
const created: number[] = [];
/** Callbacks under way, and the most that were so at once. */
let underWay = 0;
let mostUnderWay = 0;

beforeAll(async () => {
	mails = await startSmtpSink();
	receiver = await startCallbackReceiver({
		respond: async (request) => {
			mostUnderWay = Math.max(mostUnderWay, ++underWay);
			await new Promise((resolve) => setTimeout(resolve, 20));
			underWay--;
			return acceptCallback(request);
		},
	});
	installation = await startInstallation(folder, {
		replicas: 2,
		env: {
			FEFAENT_SANDBOX: 'true',
			FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
			FEFAENT_NOTIFICATION_ID_BLOCK: '100',
			FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: '5s',
			FEFAENT_STATE_ENGINE_TIMER_LEASE: '20s',
			FEFAENT_CALLBACK_CONNECT_TIMEOUT: '1s',
			FEFAENT_CALLBACK_RESPONSE_TIMEOUT: '2s',
			FEFAENT_CALLBACK_LEASE: `${callbackLeaseMs}ms`,
		},
	});
	topic = await readTopic(installation.prefixes.kafka);
	callers = installation.publicUrls.map((url) => soapCaller(url, { connections: 16 }));
	await installation.admin('POST', '/admin/v1/issuers', { code: 'DEMO', name: 'Ens de demostració' });
}, 180_000);

afterAll(async () => {
	for (const caller of callers ?? []) caller.close();
	await topic?.[Symbol.asyncDispose]();
	await installation?.[Symbol.asyncDispose]();
	await mails?.[Symbol.asyncDispose]();
	await receiver?.close();
	await folder.remove();
}, 120_000);

interface View {
	readonly state: string;
	readonly evidences: readonly { readonly transition: string }[];
	readonly pending?: unknown;
}
interface Items<T> {
	readonly items: readonly T[];
}
interface Lease {
	readonly _id: string;
	readonly owner: string;
}

/** What replicas share out among themselves, by service. */
const shared = [
	['notification', 'outbox'],
	['state-engine', 'timers'],
	['notifier', 'notices'],
] as const;

/** How many parts each replica holds. */
async function parts(service: string, kind: string): Promise<Readonly<Record<string, number>>> {
	const leases = await mongoDocuments<Lease>(`${installation.prefixes.mongo}${service}`, 'leases');
	const shards = leases.filter(({ _id }) => _id.startsWith(`${kind}/shards/`));
	return Object.fromEntries([...Map.groupBy(shards, ({ owner }) => owner)].map(([owner, own]) => [owner, own.length]));
}

const firstEvent = NotificationEventType.CREATED;

/** Creates by one of the gateways. An answer that got lost is asked for again, under the same references, by the other one. */
async function create(name: string, count: number, gateway: number, reminder = false): Promise<readonly number[]> {
	const items = Array.from({ length: count }, (_, index) => ({
		issuerReference: `${name}-${index}`,
		nif: nif(created.length + index + 1),
		emails: [`${name}-${index}@example.org`],
		phones: [],
		reminder,
	}));
	for (let tries = 0; ; tries++) {
		const caller = callers[(gateway + tries) % callers.length] as SoapCaller;
		const answer = await caller.call(createRequest(items)).catch((error: unknown) => ({ status: 0, body: String(error) }));
		const ids = createdIds(answer.body);
		if (answer.status === 200 && ids.length === count && ids.every((id) => Number.isSafeInteger(id))) {
			created.push(...ids);
			return ids;
		}
		if (tries === 5) throw new Error(`${name} could not be created: ${answer.status} ${answer.body.slice(0, 400)}`);
	}
}

const view = (id: number) => installation.admin<View>('GET', `/admin/v1/notifications/${id}`);

/** Waits until all are in a state. */
async function reached(ids: readonly number[], state: string): Promise<void> {
	for (const id of ids) await eventually(async () => expect(await view(id)).toMatchObject({ state }), patience);
}

/** What the topic holds of these notifications: every change once, in order, repeated under the same id if at all. */
function checkTopic(ids: readonly number[]) {
	const byId = Map.groupBy(topic.records, ({ event }) => event.notificationId);
	let repeated = 0;
	for (const id of ids) {
		const records = (byId.get(id) ?? []).map(({ event }) => event);
		const firsts = records.filter((event, index) => records.findIndex((other) => other.version === event.version) === index);
		repeated += records.length - firsts.length;
		// In order of versions, from the creation on; those without an event (a claim) leave gaps.
		expect(firsts.map(({ version }) => version)).toEqual(firsts.map(({ version }) => version).toSorted((one, other) => one - other));
		expect(firsts[0]?.type).toBe(firstEvent);
		for (const event of records) expect(event.id).toBe(firsts.find(({ version }) => version === event.version)?.id);
		// No two events of one kind: each change was made once.
		expect(new Set(firsts.map(({ type, state }) => `${type} ${state}`)).size).toBe(firsts.length);
	}
	return { repeated };
}

describe('two replicas of each service', () => {
	it('never hand out an id twice, also when one of them is killed', async () => {
		const many = (name: string) => Promise.all(Array.from({ length: 20 }, (_, index) => create(`${name}${index}`, 7, index % 2)));
		const first = await many('ids-a');
		const during = many('ids-b');
		await installation.signal('notification', 'SIGKILL');
		const second = await during;
		await installation.start('notification');
		const third = await many('ids-c');
		const ids = [...first, ...second, ...third].flat();
		expect(new Set(ids).size).toBe(420);
		await reached(ids, 'deposited');
		expect(checkTopic(ids).repeated).toBeLessThan(ids.length);
	}, 240_000);

	it('share out outboxes, timers and notices in halves', async () => {
		for (const [service, kind] of shared)
			await eventually(async () => expect(await parts(service, kind)).toEqual({ [`${service}/1`]: 8, [`${service}/2`]: 8 }), patience);
	}, 120_000);

	it('relay each event, in order, while a relay is held beyond its lease and another one is killed', async () => {
		const ids: number[] = [];
		let over = false;
		const load = Array.from({ length: 4 }, async (_, worker) => {
			for (let n = 0; !over; n++) ids.push(...(await create(`relay-${worker}-${n}`, 5, worker % 2)));
		});
		await eventually(() => ids.length >= 20, patience);
		await installation.signal('notification', 'SIGSTOP');
		await new Promise((resolve) => setTimeout(resolve, shardLeaseMs + 2_000));
		await installation.signal('notification', 'SIGCONT');
		const before = ids.length;
		await eventually(() => ids.length >= before + 20, patience);
		await installation.signal('notification-2', 'SIGKILL');
		await installation.start('notification-2');
		over = true;
		await Promise.all(load);
		await reached(ids, 'deposited');
		await eventually(() => checkTopic(ids), patience);
		process.stdout.write(`relay: ${ids.length} notifications, ${checkTopic(ids).repeated} events repeated around handed-over leases\n`);
	}, 240_000);

	it('fire timers once that come due together: reminders and expiries', async () => {
		const ids = (await Promise.all(Array.from({ length: 6 }, (_, index) => create(`timers-${index}`, 50, index % 2, true)))).flat();
		await reached(ids, 'deposited');
		await installation.admin('POST', '/admin/v1/clock', { advance: 'P11D', settle: true, timeoutSeconds: 120 }, 1);
		await reached(ids, 'expired');
		for (const id of ids) {
			const { evidences, pending } = await view(id);
			expect({ evidences: evidences.map(({ transition }) => transition), pending }).toEqual({
				evidences: ['deposit', 'expire'],
				pending: undefined,
			});
			const { events } = await installation.admin<{ events: readonly { source: string; event: string }[] }>(
				'GET',
				`/admin/v1/notifications/${id}/timeline`,
			);
			const own = events.filter(({ source }) => source === 'notification').map(({ event }) => event);
			for (const once of ['reminder due', 'expired']) expect(own.filter((event) => event === once)).toHaveLength(1);
		}
		const kinds = async (id: number) => {
			const { items } = await installation.admin<Items<{ channel: string; kind: string; state: string }>>(
				'GET',
				`/admin/v1/notifications/${id}/notices`,
			);
			return items.map(({ kind, state }) => `${kind} ${state}`).sort();
		};
		for (const id of ids) await eventually(async () => expect(await kinds(id)).toEqual(['first sent', 'reminder sent']), patience);
		// Nobody was killed in a send: each e-mail went out once.
		for (let index = 0; index < 6; index++) {
			const own = mails.messages.filter(({ envelope }) => envelope.to[0]?.startsWith(`timers-${index}-`));
			expect(own).toHaveLength(100);
			expect(new Set(own.map(({ messageId }) => messageId)).size).toBe(100);
		}
		expect(checkTopic(ids).repeated).toBe(0);
	}, 450_000);

	it('fire timers once that are tried again, when what they need comes back', async () => {
		for (const name of ['evidence', 'evidence-2']) await installation.signal(name, 'SIGKILL');
		const ids = (await Promise.all(Array.from({ length: 4 }, (_, index) => create(`retry-${index}`, 25, index % 2)))).flat();
		await eventually(async () => expect(await view(ids.at(-1) as number)).toMatchObject({ pending: expect.anything() }), patience);
		await Promise.all(['evidence', 'evidence-2'].map((name) => installation.start(name)));
		await reached(ids, 'deposited');
		for (const id of ids) expect((await view(id)).evidences.map(({ transition }) => transition)).toEqual(['deposit']);
		await eventually(() => checkTopic(ids), patience);
		expect(checkTopic(ids).repeated).toBe(0);
	}, 240_000);

	it('call an endpoint one at a time and in order, through a kill of the replica that holds it', async () => {
		const { id: endpointId } = await installation.admin<{ id: string }>('POST', '/admin/v1/endpoints', {
			issuerCode: 'DEMO',
			url: receiver.url,
			form: 'enotumlite',
			maxInFlight: 1,
		});
		const holder = async () => {
			const endpoints = await mongoDocuments<{ _id: string; owner?: string }>(`${installation.prefixes.mongo}callback`, 'endpoints');
			const owner = endpoints.find(({ _id }) => _id === endpointId)?.owner;
			return owner === 'callback/1' ? 'callback' : owner === 'callback/2' ? 'callback-2' : undefined;
		};
		const ids: number[] = [];
		const more = async (name: string) =>
			ids.push(...(await Promise.all([0, 1, 2, 3].map((one) => create(`${name}-${one}`, 50, one % 2)))).flat());
		const told = () => receiver.requests.length;
		/** Longest pause between two callbacks since then. */
		const pauseSince = (since: number) => {
			const times = receiver.requests.slice(since).map(({ at }) => at.getTime());
			return Math.max(0, ...times.map((time, index) => time - (times[index - 1] ?? time)));
		};
		const whileSending = async (act: (name: string) => Promise<unknown>) => {
			const from = told();
			await eventually(() => told() > from + 10, patience);
			const name = await eventuallyFound(holder, patience);
			const since = told() - 1;
			await act(name);
			await eventually(() => told() > since + 15, patience);
			return { name, pauseMs: pauseSince(since) };
		};
		await more('callback-a');
		const left = await whileSending((name) => installation.stop(name));
		await installation.start(left.name);
		await more('callback-b');
		const killed = await whileSending((name) => installation.signal(name, 'SIGKILL'));
		await installation.start(killed.name);
		process.stdout.write(`callbacks: pause of ${left.pauseMs} ms when the holder leaves, of ${killed.pauseMs} ms when it is killed\n`);
		await reached(ids, 'deposited');
		await eventually(() => new Set(receiver.requests.map(idNotificacioOf)).size >= ids.length, patience);
		expect(mostUnderWay).toBe(1);
		// One was under way when its sender was killed: it may have come twice, and nothing else.
		const times = Map.groupBy(receiver.requests, idNotificacioOf);
		expect(ids.filter((id) => !times.has(String(id)))).toEqual([]);
		expect([...times.values()].filter((own) => own.length > 1).length).toBeLessThanOrEqual(1);
		expect(left.pauseMs).toBeLessThan(slackMs);
		expect(killed.pauseMs).toBeLessThan(callbackLeaseMs + slackMs);
		await installation.admin('DELETE', `/admin/v1/endpoints/${endpointId}`);
	}, 300_000);

	it('give their parts back when they leave, and lose them after a lease when they are killed', async () => {
		const waits: Record<string, number> = {};
		for (const [service, kind] of shared) {
			for (const how of ['leaves', 'is killed'] as const) {
				await eventually(async () => expect(await parts(service, kind)).toEqual({ [`${service}/1`]: 8, [`${service}/2`]: 8 }), patience);
				await (how === 'leaves' ? installation.stop(`${service}-2`) : installation.signal(`${service}-2`, 'SIGKILL'));
				const ended = performance.now();
				await eventually(async () => expect(await parts(service, kind)).toEqual({ [`${service}/1`]: 16 }), { ...patience, everyMs: 50 });
				const ms = Math.round(performance.now() - ended);
				waits[`${service} ${how}`] = ms;
				expect(ms).toBeLessThan(slackMs + (how === 'leaves' ? 0 : shardLeaseMs));
				await installation.start(`${service}-2`);
			}
		}
		process.stdout.write(`parts taken over after (ms): ${JSON.stringify(waits)}\n`);
	}, 240_000);
});
