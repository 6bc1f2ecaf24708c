import { reopenableMongoStore } from '@fefaent/testing';
import { describe } from 'vitest';
import { notificationStoreContract } from '../contract.ts';
import { openMongoNotificationStore } from './store.ts';

describe('MongoDB', () => {
	notificationStoreContract('MongoDB', () => reopenableMongoStore(openMongoNotificationStore));
});
