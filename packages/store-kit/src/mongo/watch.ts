import type { Model, mongo } from 'mongoose';

/** How a collection is watched. */
export interface WatchOptions<T> {
	readonly model: Model<T>;
	/** Which changes count. */
	readonly match: Readonly<Record<string, unknown>>;
	/** What of the change is shown, as a projection of the change event. Default: nothing. What is shown crosses the wire for each change, so keep it small. */
	readonly show?: Readonly<Record<string, 1>>;
	/** Called after each of them, with what is shown of it: it says that it may be time to look. */
	readonly onChange: (change: mongo.ChangeStreamDocument) => void;
	readonly onError: (error: unknown, where: string) => void;
}

/** Between two attempts to open a stream, in milliseconds. */
const againMs = 5_000;

/**
 * Follows a collection's change stream, for what other replicas write. It may miss changes (while it is opened again after a loss), so whoever uses
 * it looks by itself now and then.
 * @returns what ends it
 */
export function watchCollection<T>({ model, match, show = {}, onChange, onError }: WatchOptions<T>): () => Promise<void> {
	let stream: ReturnType<Model<T>['watch']> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let ended = false;
	const open = () => {
		// Hardly more than ids: documents may be large.
		const pipeline = [{ $match: match }, { $project: { ...show, _id: 1 } }];
		const opened = model.watch(pipeline, { hydrate: false });
		stream = opened;
		opened.on('change', onChange);
		opened.on('error', (error) => {
			if (ended) return;
			onError(error, `${model.collection.collectionName} change stream`);
			void opened.close().catch(() => {});
			timer = setTimeout(open, againMs);
			timer.unref();
		});
	};
	open();
	return async () => {
		ended = true;
		clearTimeout(timer);
		await stream?.close().catch(() => {});
	};
}
