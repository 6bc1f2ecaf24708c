import { reopenableMongoStore } from '@fefaent/testing';
import { describe } from 'vitest';
import { directoryStoreContract } from '../contract.ts';
import { openMongoGatewayStore } from './store.ts';

describe('MongoDB', () => {
	directoryStoreContract('MongoDB', () => reopenableMongoStore(openMongoGatewayStore));
});
