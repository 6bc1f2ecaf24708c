import { errorsOf } from '@fefaent/kernel';

/** What the bus itself refuses or fails at. */
export const busErrors = {
	BUS_CLOSED: { kind: 'unavailable', message: 'the event bus is closed' },
	BUS_GROUP_TAKEN: { kind: 'precondition', message: 'the group {group} already follows {topic} in this process' },
	BUS_OUTCOMES_MISMATCH: { kind: 'internal', message: 'a handler of {group} answered {got} outcomes to {expected} messages' },
} as const;

/** Raises one of {@link busErrors}. */
export const busError = errorsOf(busErrors);
