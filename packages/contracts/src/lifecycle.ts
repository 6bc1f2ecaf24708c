/** The state-engine service's contract. */
export * from './gen/fefaent/lifecycle/v1/lifecycle_service.ts';
