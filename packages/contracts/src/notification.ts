/** The notification service's contract. */
export * from './gen/fefaent/notification/v1/notification.ts';
export * from './gen/fefaent/notification/v1/notification_service.ts';
export * from './notification-life.ts';
export * from './notification-view.ts';
