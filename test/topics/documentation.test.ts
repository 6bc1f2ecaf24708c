import { readFileSync } from 'node:fs';
import specifications from '@asyncapi/specs';
import { NotificationEvent, NotificationEventType, topics } from '@fefaent/contracts/events';
import { State, Transition } from '@fefaent/contracts/notification';
import type { BusMessage } from '@fefaent/event-bus';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { letterOf, letterRecord, messageOf, recordOf, redriveRecord } from '../../packages/event-bus/src/kafka/wire.ts';
import { found, generatedFiles } from '../../scripts/docs/files.ts';
import { eventTypes, groupsOf, madeTopics } from '../../scripts/docs/topics/facts.ts';
import { type FoundFollowing, followings } from '../../scripts/docs/topics/followings.ts';
import { eventHeaders } from '../../scripts/docs/topics/words.ts';
import { outgoing } from '../../services/notification/src/outbox/outgoing.ts';
import { harness } from '../../services/notification/src/testing/harness.ts';

interface Ref {
	readonly $ref: string;
}
interface Message {
	readonly name?: string;
	readonly title?: string;
	readonly headers: { readonly properties: Readonly<Record<string, { readonly const?: string }>>; readonly required: readonly string[] };
	readonly payload: Ref;
	readonly bindings: { readonly kafka: { readonly key: object } };
	readonly examples: readonly { readonly headers: object }[];
}
interface AsyncApi {
	readonly channels: Readonly<
		Record<
			string,
			{ readonly address: string; readonly messages: Readonly<Record<string, Ref>>; readonly bindings: { readonly kafka: Binding } }
		>
	>;
	readonly operations: Readonly<Record<string, Operation>>;
	readonly components: {
		readonly messages: Readonly<Record<string, Message>>;
		readonly schemas: { readonly NotificationEvent: { readonly schema: string } };
	};
}
interface Binding {
	readonly topic: string;
	readonly partitions: number;
	readonly replicas: number;
	readonly topicConfiguration: Readonly<Record<string, unknown>>;
}
interface Operation {
	readonly action: 'send' | 'receive';
	readonly channel: Ref;
	readonly tags: readonly { readonly name: string }[];
	readonly bindings?: { readonly kafka: { readonly groupId: { readonly enum: readonly string[] } } };
}

const root = new URL('../..', import.meta.url).pathname;
const text = readFileSync(`${root}docs/asyncapi.yaml`, 'utf8');
const document = parse(text) as AsyncApi;
const page = readFileSync(`${root}docs/topics.md`, 'utf8');
const eventMessages = Object.values(document.components.messages).filter(({ name }) => name !== undefined);

/** What a JSON pointer of the document leads to; nothing where it leads nowhere. */
const at = (ref: string): unknown =>
	ref
		.replace(/^#\//, '')
		.split('/')
		.reduce<unknown>(
			(value, key) => (value as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
			document,
		);
const addressOf = ({ channel }: Operation) => (at(channel.$ref) as { address: string }).address;

/** Refuses what does not fit a schema of the document, with the reasons. */
function fits(schema: object, value: unknown): void {
	const ajv = new Ajv({ strict: false, allErrors: true });
	if (!ajv.validate(schema, value)) throw new Error(ajv.errorsText());
}

describe('the AsyncAPI document', () => {
	// It brings the meta-schema of JSON Schema with it.
	const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
	addFormats.default(ajv);
	const validate = ajv.compile(specifications.schemas['3.0.0'] as object);

	it('is one of AsyncAPI 3.0.0, as its makers’ schema has it', () => {
		expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
	});

	it.each([
		[
			'an operation that neither sends nor receives',
			{ operations: { ...document.operations, wrong: { action: 'shout', channel: { $ref: '#/channels/notification' } } } },
		],
		['a channel without a name that is none', { channels: { 'no name': { addres: 'x' } } }],
		['no title', { info: { version: '1' } }],
	])('would not be one with %s', (_, change) => {
		expect(validate({ ...document, ...change })).toBe(false);
	});

	it('refers to nothing that is not there', () => {
		const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);
		expect(refs.length).toBeGreaterThan(20);
		expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
	});

	it('gives examples of headers that fit', () => {
		for (const { headers, examples } of Object.values(document.components.messages)) for (const one of examples) fits(headers, one.headers);
	});

	it('holds the contract of the events, each field and each value of its enums', () => {
		const contract = (path: string) => readFileSync(`${root}proto/fefaent/${path}`, 'utf8');
		const described = document.components.schemas.NotificationEvent.schema;
		const numbered = (proto: string) => proto.match(/^ {2}.+ = \d+;$/gm) ?? [];
		const enums = (contract('notification/v1/notification.proto').match(/^enum (State|Dialect) \{[^}]*\}/gm) ?? []).join('\n');
		const own = contract('events/v1/notification_event.proto').replaceAll('fefaent.notification.v1.', '');
		expect(numbered(described).toSorted()).toEqual([...numbered(own), ...numbered(enums)].toSorted());
		// No tool that reads AsyncAPI follows an import of ours.
		expect(described.match(/^import .*$/gm)).toEqual(['import "google/protobuf/timestamp.proto";']);
	});
});

describe('topics', () => {
	it('are in the document if and only if a migration makes them, and as it makes them', () => {
		const channels = Object.values(document.channels);
		expect(channels.map(({ address }) => address).toSorted()).toEqual([...madeTopics().keys()].toSorted());
		for (const { address, bindings } of channels) {
			const made = madeTopics().get(address);
			const config = Object.entries(bindings.kafka.topicConfiguration).map(([name, value]) => [name, String(value)]);
			expect({ ...bindings.kafka, topicConfiguration: Object.fromEntries(config) }).toMatchObject({
				topic: address,
				partitions: made?.partitions,
				replicas: made?.replicas,
				topicConfiguration: made?.config,
			});
		}
	});

	it('have a section each, and no section is without its topic', () => {
		expect([...page.matchAll(/^## (.+)$/gm)].map(([, name]) => name)).toEqual(topics.map(({ name }) => name));
		const named = new Set([...page.matchAll(/`(fefaent\.[\w.-]+\.(?:dlq|retry))`/g)].map(([, name]) => name));
		expect([...named].toSorted()).toEqual(
			topics.flatMap((topic) => groupsOf(topic).flatMap((one) => [one.deadLetters, one.retry])).toSorted(),
		);
	});
});

describe('followers, as the services say when they start', () => {
	let real: readonly FoundFollowing[];
	const pairs = (all: readonly { readonly topic: string; readonly group: string }[]) =>
		all.map(({ topic, group }) => `${group} of ${topic}`).toSorted();
	const table = pairs(topics.flatMap(({ name, groups }) => groups.map((group) => ({ topic: name, group }))));
	beforeAll(async () => {
		real = await followings();
	});

	it('are those of the table, each named like its service, and every topic has one', () => {
		expect(pairs(real.flatMap(({ topics: followed, group }) => followed.map((topic) => ({ topic, group }))))).toEqual(table);
		expect(real.map(({ group }) => group)).toEqual(real.map(({ service }) => service));
		for (const { name } of topics)
			expect(
				real.filter((one) => one.topics.includes(name)),
				name,
			).not.toEqual([]);
	});

	it('are those of the document', () => {
		const received = Object.values(document.operations).flatMap((operation) =>
			operation.action === 'receive' ? [{ topic: addressOf(operation), group: operation.bindings?.kafka.groupId.enum[0] ?? '' }] : [],
		);
		const own = new Set(topics.map(({ name }): string => name));
		expect(pairs(received.filter(({ topic }) => own.has(topic)))).toEqual(table);
		// What was redriven is followed by its own group.
		expect(pairs(received.filter(({ topic }) => !own.has(topic)))).toEqual(
			pairs(topics.flatMap((topic) => groupsOf(topic).map(({ retry, group }) => ({ topic: retry, group })))),
		);
	});
});

describe('what the notification service publishes', () => {
	let published: readonly { readonly message: BusMessage; readonly event: NotificationEvent }[];
	beforeAll(async () => {
		await using h = await harness();
		const id = await h.created();
		await h.walk(id, Transition.DEPOSIT);
		await h.client.remind({ ids: [id] });
		await h.walk(id, Transition.ACCEPT);
		expect((await h.client.export({ items: [{ id, files: [] }] })).exportedIds).toEqual([id]);
		expect((await h.client.purge({ ids: [id] })).purgedIds).toEqual([id]);
		published = await h.published(5);
	});

	it('are the documented kinds of events, all of them, on the documented topic', () => {
		const names = eventTypes.map(({ name }) => name).toSorted();
		expect([...new Set(published.map(({ message }) => message.type))].toSorted()).toEqual(names);
		expect(eventMessages.map(({ name }) => name).toSorted()).toEqual(names);
		expect([...page.matchAll(/^\| `(fefaent\.notification\.[\w.-]+)` \|/gm)].map(([, name]) => name).toSorted()).toEqual(names);
		// The kinds are those of the contract.
		const kinds = Object.values(NotificationEventType).filter((type) => !/UNSPECIFIED|UNRECOGNIZED/.test(type));
		expect(eventMessages.map(({ title }) => title?.split(' ')[0]).toSorted()).toEqual(kinds.toSorted());
		expect(new Set(published.map(({ message }) => message.topic))).toEqual(new Set(['fefaent.notification.v1']));
		const sent = Object.values(document.operations).filter((one) => one.action === 'send' && addressOf(one) === 'fefaent.notification.v1');
		expect(sent.map(({ tags }) => tags.map(({ name }) => name))).toEqual([[topics[0].publisher]]);
	});

	it('have the documented headers on Kafka, all of them and no others, and the documented key', () => {
		for (const { message, event } of published) {
			const described = eventMessages.find(({ name }) => name === message.type);
			if (!described) throw new Error(`${message.type} is not described`);
			const untraced = recordOf(message);
			fits(described.headers, untraced.headers);
			fits(described.bindings.kafka.key, untraced.key);
			// A header that is described and never sent would be a mistake as well.
			const traced = outgoing(event, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
			const record = recordOf({ ...traced, id: traced.eventId });
			fits(described.headers, record.headers);
			expect(Object.keys(record.headers ?? {}).toSorted()).toEqual(Object.keys(described.headers.properties).toSorted());
		}
		const names = Object.keys(eventHeaders).toSorted();
		expect(
			[...(page.split('### Headers')[1]?.split('###')[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name).toSorted(),
		).toEqual(names);
	});

	it('say whose state, and nothing about people', () => {
		expect(published.at(-1)?.event.state).toBe(State.ACCEPTED);
		for (const { message } of published)
			expect(Buffer.from(message.body).toString('latin1')).not.toMatch(/Maria|Puig|12345678Z|example|600000000/);
	});
});

describe('dead letters and what was redriven', () => {
	const place = { topic: 'fefaent.notification.v1', group: 'notifier' };
	const now = new Date('2026-03-02T13:00:00Z');
	const { eventId: id, ...event } = outgoing(
		{ ...NotificationEvent.decode(new Uint8Array()), notificationId: 7, type: NotificationEventType.CREATED, at: now },
		undefined,
	);
	const death = {
		message: { ...event, id, offset: 118 },
		reason: 'the store is away',
		attempts: 70,
		diedAt: now,
		history: [{ attempt: 70, at: now, reason: 'the store is away' }],
	};
	const letter = letterRecord(death, { life: 0, partition: 3, offset: 118 });
	const headersOf = (record: { headers?: object }) =>
		Object.fromEntries(Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(String(value))]));
	const read = letterOf(place, { key: Buffer.from(String(letter.key)), value: letter.value as Buffer, headers: headersOf(letter) });

	it.each([
		['DeadLetter', letter],
		['Redriven', redriveRecord(read)],
	])('have the documented headers: %s', (name, record) => {
		const described = document.components.messages[name];
		if (!described) throw new Error(`${name} is not described`);
		fits(described.headers, record.headers);
		const own = Object.keys(record.headers ?? {}).filter((header) => header.startsWith('fefaent-'));
		expect(own.toSorted()).toEqual(Object.keys(described.headers.properties).toSorted());
		for (const header of own) expect(page).toContain(`\`${header}\``);
		// The message itself is still in it.
		expect(messageOf(place.topic, '', { key: null, value: record.value as Buffer, headers: headersOf(record) })).toMatchObject({
			id,
			type: event.type,
			headers: event.headers,
		});
	});
});

it('docs/topics.md and docs/asyncapi.yaml are what the code says', async () => {
	const files = (await generatedFiles(root)).filter(({ path }) => /topics|asyncapi/.test(path));
	expect(files).toHaveLength(2);
	for (const { path, wanted } of files) expect(found(root, path), `${path}: npm run docs`).toBe(wanted);
});
