export { type StateEngineConfig, stateEngineConfig } from './config.ts';
export { createStateEngineService, type StateEngineServiceDeps } from './service.ts';
export type { StateEngineStore } from './store/port.ts';
export { openSqliteStateEngineStore } from './store/sqlite.ts';
