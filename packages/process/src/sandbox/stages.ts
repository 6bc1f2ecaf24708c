/** The services that tell the instant of what others do, in the order in which they are moved; all others come after them, together. */
const first = ['evidence', 'notification'];

/** The last stage: every service has the time. */
export const lastStage = first.length;

/**
 * When a service gets a new time. Whoever is asked has it before whoever asks: the state-engine fires an expiry because of the time that it has, and the
 * notification service, then the evidence service, tell the instant. With less time than the state-engine they would tell one before the expiry was due.
 */
export function stageOf(service: string): number {
	const stage = first.indexOf(service);
	return stage === -1 ? lastStage : stage;
}
