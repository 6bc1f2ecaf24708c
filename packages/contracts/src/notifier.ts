/** The notifier service's contract with its bounds, and the document that its store keeps. */
export * from './gen/fefaent/notifier/v1/notice_document.ts';
export * from './gen/fefaent/notifier/v1/notifier_service.ts';
export * from './notifier-bounds.ts';
