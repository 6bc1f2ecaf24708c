import { topics } from '@fefaent/contracts/events';
import { defaultRetry, type RetryPolicy } from '@fefaent/event-bus';
import { backoffMs } from '@fefaent/kernel';
import { code, table } from '../markdown.ts';
import { eventTypes, groupsOf, madeTopics, type Topic } from './facts.ts';
import { type FoundFollowing, followings } from './followings.ts';
import { deadLetterHeaders, eventHeaders, eventWords, type HeaderWords, redrivenHeaders, topicWords } from './words.ts';

/** A section for each topic. */
export async function topicsPage(): Promise<string> {
	const found = await followings();
	return topics.map((topic) => section(topic, found)).join('\n\n');
}

function section(topic: Topic, found: readonly FoundFollowing[]): string {
	const words = topicWords[topic.name];
	const { name } = topic;
	return [
		`## ${name}`,
		words.about,
		table(
			['', ''],
			[
				['**Publisher**', `${code(topic.publisher)}. ${words.publishing}`],
				['**Key**', words.key.meaning],
				['**Order**', words.order],
				[
					'**Body**',
					`${code('fefaent.events.v1.NotificationEvent')}, protobuf: ${code('proto/fefaent/events/v1/notification_event.proto')}`,
				],
				['**Kept**', kept(name)],
			],
		),
		'### Followers',
		table(
			['Group', 'What it does', 'Tries, then gives up'],
			topic.groups.map((group) => [code(group), words.groups[group], tries(found.find((one) => one.group === group)?.retry)]),
		),
		'### Events',
		table(
			['`ce_type`', '`type` in the body', 'What happened'],
			eventTypes.map((one) => [code(one.name), code(one.type), eventWords[one.type]]),
		),
		'### Headers',
		headerTable(eventHeaders),
		'### Retries and dead letters',
		'A try that fails is repeated by the same consumer after a pause that doubles; later events of the same notification wait, others go on. A message that cannot be read is given up at once.',
		table(
			['Group', 'Dead letters', 'Redriven messages', 'Put back by'],
			groupsOf(topic).map(({ group, retry, deadLetters }) => [
				code(group),
				`${code(deadLetters)}; ${kept(deadLetters)}`,
				`${code(retry)}; ${kept(retry)}`,
				code(`fefaent redrive dead-letters --group ${group}`),
			]),
		),
		'A dead letter keeps the headers of what it was. Besides, it has',
		headerTable(deadLetterHeaders),
		`and a redriven message ${Object.keys(redrivenHeaders).map(code).join(', ')}. What is redriven goes to its own group only.`,
	].join('\n\n');
}

function headerTable(headers: Readonly<Record<string, HeaderWords>>): string {
	return table(
		['Header', 'Meaning', 'Value'],
		Object.entries(headers).map(([name, { meaning, schema, optional }]) => [
			code(name),
			meaning + (optional ? ' May be absent.' : ''),
			'const' in schema ? code(String(schema.const)) : '',
		]),
	);
}

/** How Kafka keeps it. */
function kept(topic: string): string {
	const made = madeTopics().get(topic);
	if (!made) throw new Error(`no migration makes ${topic}`);
	const partitions = `${made.partitions} partition${made.partitions === 1 ? '' : 's'}`;
	const retention = made.config['retention.ms'];
	return `${partitions}, ${retention === undefined ? 'compacted' : `for ${Number(retention) / 86_400_000} days`}`;
}

/** `70 in about 65 minutes, 0.1 s to 60 s apart; ...`. */
function tries(retry: RetryPolicy = defaultRetry): string {
	const waits = Array.from({ length: retry.maxAttempts - 1 }, (_, index) => backoffMs(retry, index + 1, () => 0.5));
	const minutes = Math.round(waits.reduce((sum, one) => sum + one, 0) / 60_000);
	return `${retry.maxAttempts} in about ${minutes} minutes, ${retry.firstMs / 1000} s to ${retry.maxMs / 1000} s apart; what is away does not count`;
}
