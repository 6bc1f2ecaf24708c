export { answering, BackgroundTurns } from './background.ts';
export { type BackoffPolicy, backoffMs } from './backoff.ts';
export { Batcher, type BatcherOptions } from './batcher.ts';
export { type Clock, ManualClock, SandboxClock, systemClock } from './clock.ts';
export { announcedCrashpoints, armCrashpoints, type CrashpointHook, crashpoint } from './crashpoint.ts';
export { DomainError, type ErrorCatalogue, type ErrorDefinition, errorsOf, type FailureKind, failureKinds } from './errors.ts';
export { uuidv7 } from './ids.ts';
