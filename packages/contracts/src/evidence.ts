/** The evidence service's contract. */
export * from './gen/fefaent/evidence/v1/evidence_service.ts';
