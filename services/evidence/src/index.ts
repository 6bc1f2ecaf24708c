export { type EvidenceConfig, evidenceConfig } from './config.ts';
export { evidenceErrors } from './errors.ts';
export type { SignerDescription, SignerProvider } from './keys/port.ts';
export { createEvidenceService, type EvidenceServiceDeps } from './service.ts';
export type { EvidenceStore } from './store/port.ts';
export { openSqliteEvidenceStore } from './store/sqlite.ts';
