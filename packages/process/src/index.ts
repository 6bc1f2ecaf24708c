export { type ProcessConfig, processConfig } from './config.ts';
export type { MadeService, ProcessContext, ServiceProcess } from './definition.ts';
export { runService } from './run.ts';
