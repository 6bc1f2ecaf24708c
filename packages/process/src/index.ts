export { type ProcessConfig, processConfig } from './config.ts';
export { type MadeService, type ProcessContext, runService, type ServiceProcess } from './run.ts';
