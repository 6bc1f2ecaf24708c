import { crashpoint } from '@fefaent/kernel';
import type { Dying } from '../following/deliverer.ts';
import type { DeadLetterFilter, RedriveFilter } from '../port.ts';
import type { LetterView } from './letter-view.ts';
import { deadLetterTopic, retryTopic, type Subscription } from './names.ts';
import type { PartitionEntry } from './partition-reader.ts';
import type { Publisher } from './publisher.ts';
import { type Letter, letterKeys, letterRecord, redriveRecord } from './wire.ts';

/** Letters of one step of a redrive: what a crash in between repeats. */
const redriveStep = 250;

/** The dead letters of every group: a compacted topic for each topic and group, of which every record is a letter that nobody has redriven. */
export class DeadLetters {
	readonly #publisher: Publisher;
	readonly #view: LetterView;
	#redriving: Promise<unknown> = Promise.resolve();

	constructor(publisher: Publisher, view: LetterView) {
		this.#publisher = publisher;
		this.#view = view;
	}

	/** Records deaths; resolved when durable. */
	async bury(group: string, dying: readonly Dying<PartitionEntry>[]): Promise<void> {
		await crashpoint('bus.dead-letter.before-write');
		await this.#publisher.send(
			dying.map(({ entry, death }) => ({
				topic: deadLetterTopic({ topic: death.message.topic, group }),
				record: letterRecord(death, entry.past),
			})),
		);
		await crashpoint('bus.dead-letter.after-write');
	}

	/** How many there are of a group on a topic. */
	async count(subscription: Subscription): Promise<number> {
		return await this.#view.count(subscription);
	}

	/** Those that died first coming first. */
	async list({ group, topic, limit = 100 }: DeadLetterFilter): Promise<Letter[]> {
		const marks = await this.#view.marks(this.#matching({ group, topic }));
		return await this.#view.letters(marks.sort((one, two) => one.diedAt - two.diedAt).slice(0, limit));
	}

	/** Puts dead letters back to their groups, one call after the other. @returns how many */
	redrive(filter: RedriveFilter): Promise<number> {
		const turn = this.#redriving.then(() => this.#redrive(filter));
		this.#redriving = turn.catch(() => {});
		return turn;
	}

	async #redrive({ group, topic, ids }: RedriveFilter): Promise<number> {
		const wanted = ids && new Set(ids);
		const marks = (await this.#view.marks(this.#matching({ group, topic })))
			.filter(({ id }) => wanted?.has(id) ?? true)
			// As they stood in their topics: so each key is in order again.
			.sort((one, two) => one.partition - two.partition || one.offset - two.offset);
		let redriven = 0;
		for (let from = 0; from < marks.length; from += redriveStep) {
			const step = await this.#view.letters(marks.slice(from, from + redriveStep));
			if (step.length === 0) continue;
			await crashpoint('bus.redrive.before-write');
			await this.#publisher.send(step.map((letter) => ({ topic: retryTopic(letter), record: redriveRecord(letter) })));
			// A crash here redrives them again: at least once.
			await crashpoint('bus.redrive.published');
			await this.#publisher.send(
				step.flatMap((letter) => letterKeys(letter).map((key) => ({ topic: deadLetterTopic(letter), record: { key, value: null } }))),
			);
			await crashpoint('bus.redrive.after-write');
			redriven += step.length;
		}
		return redriven;
	}

	#matching({ group, topic }: { readonly group: string | undefined; readonly topic: string | undefined }): Subscription[] {
		return this.#view.subscriptions.filter((one) => (group ?? one.group) === one.group && (topic ?? one.topic) === one.topic);
	}
}
