export { openFolderBlobs } from './blobs/folder.ts';
export type { BlobStore } from './blobs/port.ts';
export { type NotificationConfig, notificationConfig } from './config.ts';
export { notificationErrors } from './errors.ts';
export { createNotificationService, type NotificationServiceDeps } from './service.ts';
export type { NotificationStore } from './store/port.ts';
export { openSqliteNotificationStore } from './store/sqlite.ts';
