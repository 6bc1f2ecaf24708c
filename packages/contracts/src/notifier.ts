/** The notifier service's contract. */
export * from './gen/fefaent/notifier/v1/notifier_service.ts';
