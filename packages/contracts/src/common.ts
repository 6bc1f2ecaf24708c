/** What several contracts share: people, languages, failures of items. */
export * from './gen/fefaent/common/v1/failure.ts';
export * from './gen/fefaent/common/v1/party.ts';
