export { gatewayConfig } from './config.ts';
export type { CredentialInput, CredentialView, DirectoryOperations } from './directory/operations.ts';
export type { DirectoryStore } from './directory/port.ts';
export type { IssuerChange, IssuerInput } from './directory/rules.ts';
export { openSqliteGatewayStore } from './directory/sqlite.ts';
export type { Administration, Credential, CredentialKind, EvidenceFormName, Issuer, NoticeDefaults, Page } from './directory/types.ts';
export { createGatewayService, type GatewayService, type GatewayServiceDeps } from './service.ts';
