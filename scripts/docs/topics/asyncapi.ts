import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@fefaent/contracts/events';
import { stringify } from 'yaml';
import { eventTypes, groupsOf, type MadeTopic, madeTopics, type Topic } from './facts.ts';
import { deadLetterHeaders, eventHeaders, eventWords, type HeaderWords, redrivenHeaders, topicWords } from './words.ts';

const root = join(import.meta.dirname, '../../..');
const firstLine = '# Made from the code by `npm run docs`: change the code, not this file.\n';

/** The AsyncAPI document, as YAML. */
export function asyncApiText(): string {
	return firstLine + stringify(asyncApiDocument(), { lineWidth: 140, aliasDuplicateObjects: false });
}

/** Every topic, who publishes and who follows, and what messages are like: AsyncAPI 3.0.0, Kafka bindings 0.5.0. */
export function asyncApiDocument() {
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
	return {
		asyncapi: '3.0.0',
		info: {
			title: 'Fefaent: events between its services',
			version,
			description: 'Kept for who runs, watches or extends Fefaent. Events carry ids, states, instants and hashes; never personal data.',
			license: { name: 'EUPL-1.2' },
		},
		defaultContentType: 'application/protobuf',
		servers: {
			kafka: {
				host: '{broker}',
				protocol: 'kafka',
				description: 'The cluster of FEFAENT_KAFKA_BROKERS. FEFAENT_KAFKA_PREFIX stands before each name of a topic or group.',
				variables: { broker: { default: '127.0.0.1:9092', description: 'Some broker of the cluster.' } },
			},
		},
		channels: Object.assign({}, ...topics.map(channelsOf)),
		operations: Object.assign({}, ...topics.map(operationsOf)),
		components: {
			schemas: {
				NotificationEvent: {
					schemaFormat: 'application/vnd.google.protobuf;version=3',
					schema: eventContract(),
				},
			},
			messages: {
				...Object.fromEntries(eventTypes.map((one) => [messageId(one.name), eventMessage(one)])),
				Redriven: keptMessage('A dead letter that was put back to its group.', redrivenHeaders),
				DeadLetter: keptMessage(
					'A message that its group gave up on. Its key is the message’s id (`~1` and so on after it in later lives); an empty body under that key takes it back once it is redriven.',
					deadLetterHeaders,
				),
			},
		},
	};
}

/** The contract of events in one piece: tools that read AsyncAPI follow no imports, so the enums of another file stand with it. */
function eventContract(): string {
	const file = (path: string) => readFileSync(join(root, 'proto/fefaent', path), 'utf8');
	const other = file('notification/v1/notification.proto');
	const enums = [...new Set(file('events/v1/notification_event.proto').match(/(?<=fefaent\.notification\.v1\.)\w+/g))].map((name) => {
		const block = new RegExp(`(?://.*\\n)*enum ${name} \\{[^}]*\\}\\n`).exec(other)?.[0];
		if (block === undefined) throw new Error(`notification.proto has no enum ${name}`);
		return block;
	});
	const own = file('events/v1/notification_event.proto')
		.replace('import "fefaent/notification/v1/notification.proto";\n', '')
		.replaceAll('fefaent.notification.v1.', '');
	return [own, ...enums].join('\n');
}

function channelsOf(topic: Topic) {
	const words = topicWords[topic.name];
	const made = madeTopics();
	const channel = (address: string, title: string, description: string, messages: readonly string[]) => ({
		address,
		title,
		description,
		servers: [{ $ref: '#/servers/kafka' }],
		messages: Object.fromEntries(messages.map((id) => [id, { $ref: `#/components/messages/${id}` }])),
		bindings: { kafka: kafkaChannel(address, made.get(address)) },
	});
	return {
		[words.id]: channel(
			topic.name,
			words.about,
			words.order,
			eventTypes.map(({ name }) => messageId(name)),
		),
		...Object.assign(
			{},
			...groupsOf(topic).map(({ group, retry, deadLetters }) => ({
				[`${words.id}-${group}-retry`]: channel(retry, `What was redriven to ${group}`, 'Followed by this group alone.', ['Redriven']),
				[`${words.id}-${group}-dead-letters`]: channel(
					deadLetters,
					`What ${group} gave up on`,
					'Compacted: every record is a letter that nobody has redriven.',
					['DeadLetter'],
				),
			})),
		),
	};
}

/** Settings that make a topic differ from the cluster's default; numbers where the binding wants them. */
function kafkaChannel(topic: string, made: MadeTopic | undefined) {
	if (!made) throw new Error(`no migration makes ${topic}`);
	const config = Object.entries(made.config).map(([name, value]) => [
		name,
		name === 'cleanup.policy' ? [value] : /^-?\d+$/.test(value) ? Number(value) : value,
	]);
	return {
		topic,
		partitions: made.partitions,
		replicas: made.replicas,
		topicConfiguration: Object.fromEntries(config),
		bindingVersion: '0.5.0',
	};
}

function operationsOf(topic: Topic) {
	const words = topicWords[topic.name];
	const operation = (action: 'send' | 'receive', service: string, channel: string, summary: string, group?: string) => ({
		action,
		channel: { $ref: `#/channels/${channel}` },
		summary,
		tags: [{ name: service }],
		...(group !== undefined && { bindings: { kafka: { groupId: { type: 'string', enum: [group] }, bindingVersion: '0.5.0' } } }),
	});
	return {
		[`${words.id}-publish`]: operation('send', topic.publisher, words.id, words.publishing),
		...Object.assign(
			{},
			...topic.groups.map((group) => ({
				[`${words.id}-${group}-follow`]: operation('receive', group, words.id, words.groups[group], group),
				[`${words.id}-${group}-follow-redriven`]: operation(
					'receive',
					group,
					`${words.id}-${group}-retry`,
					'The same, of what was redriven.',
					group,
				),
				[`${words.id}-${group}-bury`]: operation(
					'send',
					group,
					`${words.id}-${group}-dead-letters`,
					'Gives a message up, with its reason and history.',
				),
				[`${words.id}-${group}-redrive`]: operation(
					'send',
					'gateway',
					`${words.id}-${group}-retry`,
					`fefaent redrive dead-letters --group ${group}`,
				),
			})),
		),
	};
}

/** `fefaent.notification.state-changed.v1` is `NotificationStateChangedV1`. */
function messageId(name: string): string {
	return name
		.split(/[.-]/)
		.slice(1)
		.map((part) => part.charAt(0).toUpperCase() + part.slice(1))
		.join('');
}

function eventMessage({ type, name }: (typeof eventTypes)[number]) {
	const headers = { ...eventHeaders, ce_type: { ...(eventHeaders.ce_type as HeaderWords), schema: { const: name }, example: name } };
	return {
		name,
		title: `${type} of NotificationEvent`,
		summary: eventWords[type],
		contentType: 'application/protobuf',
		headers: { ...headersSchema(headers), additionalProperties: false },
		payload: { $ref: '#/components/schemas/NotificationEvent' },
		bindings: { kafka: { key: { type: 'string', pattern: topicWords['fefaent.notification.v1'].key.pattern }, bindingVersion: '0.5.0' } },
		examples: [{ name, headers: examplesOf(headers) }],
	};
}

/** A message that lies in a group's own topic: with the headers of what it was, whatever these were, and those of what it went through. */
function keptMessage(summary: string, own: Readonly<Record<string, HeaderWords>>) {
	return {
		summary,
		contentType: 'application/protobuf',
		headers: { ...headersSchema(own), additionalProperties: { type: 'string' } },
		payload: { $ref: '#/components/schemas/NotificationEvent' },
		bindings: { kafka: { key: { type: 'string' }, bindingVersion: '0.5.0' } },
		examples: [{ headers: examplesOf(own) }],
	};
}

function headersSchema(headers: Readonly<Record<string, HeaderWords>>) {
	const entries = Object.entries(headers);
	return {
		type: 'object',
		required: entries.filter(([, { optional }]) => !optional).map(([name]) => name),
		properties: Object.fromEntries(
			entries.map(([name, { meaning, schema }]) => [name, { type: 'string', ...schema, description: meaning }]),
		),
	};
}

function examplesOf(headers: Readonly<Record<string, HeaderWords>>) {
	return Object.fromEntries(Object.entries(headers).map(([name, { example }]) => [name, example]));
}
