import { type Model, mongo } from 'mongoose';

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
 * Follows a collection's change stream, for what other replicas write. After a loss it goes on where it was, if the server still knows that;
 * else changes are missed, so whoever uses it looks by itself now and then.
 * @returns what ends it
 */
export function watchCollection<T>({ model, match, show = {}, onChange, onError }: WatchOptions<T>): () => Promise<void> {
	let stream: ReturnType<Model<T>['watch']> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let ended = false;
	/** Up to where it was read. */
	let place: unknown;
	const open = () => {
		// Hardly more than ids: documents may be large.
		const pipeline = [{ $match: match }, { $project: { ...show, _id: 1 } }];
		const opened = model.watch(pipeline, { hydrate: false, ...(place !== undefined && { resumeAfter: place }) });
		stream = opened;
		opened.on('change', onChange);
		opened.on('resumeTokenChanged', (token: unknown) => {
			place = token;
		});
		opened.on('error', (error) => {
			if (ended) return;
			onError(error, `${model.collection.collectionName} change stream`);
			// The server was reached, and does not know the place any more.
			if (error instanceof mongo.MongoServerError) place = undefined;
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
