/** The callback service's contract with its bounds. */
export * from './callback-bounds.ts';
export * from './gen/fefaent/callback/v1/callback_service.ts';
