/** An event to be published, as its owner appends it. No personal data in any field. */
export interface OutboxEvent {
	/** UUIDv7; what consumers recognise a repetition by. */
	readonly eventId: string;
	readonly topic: string;
	/** Events of one key stay in order. */
	readonly key: string;
	readonly type: string;
	/** When it happened, in the environment's time. */
	readonly at: Date;
	/** `traceparent` among them, so that a trace survives the wait. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array;
}
