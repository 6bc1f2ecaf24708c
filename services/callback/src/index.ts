export { type CallbackConfig, callbackConfig } from './config.ts';
export { openSecretsKeys, type SecretsKeys } from './secrets/keys.ts';
export { type CallbackService, type CallbackServiceDeps, createCallbackService } from './service.ts';
export type { CallbackStore } from './store/port.ts';
export { openSqliteCallbackStore } from './store/sqlite.ts';
