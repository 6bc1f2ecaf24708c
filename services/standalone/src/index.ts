export type { ClientOptions, Clients } from './clients.ts';
export { standaloneErrors } from './errors.ts';
export { settings } from './settings.ts';
export { type Standalone, type StartOptions, startStandalone } from './start.ts';
