/** The callback service's contract. */
export * from './gen/fefaent/callback/v1/callback_service.ts';
