/** What travels on the bus. */
export * from './gen/fefaent/events/v1/notification_event.ts';
export * from './notification-topic.ts';
