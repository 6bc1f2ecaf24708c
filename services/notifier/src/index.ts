export { type NotifierConfig, notifierConfig } from './config.ts';
export { createNotifierService, type NotifierService, type NotifierServiceDeps } from './service.ts';
export type { NotifierStore } from './store/port.ts';
export { openSqliteNotifierStore } from './store/sqlite.ts';
