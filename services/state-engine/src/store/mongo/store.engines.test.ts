import { reopenableMongoStore } from '@fefaent/testing';
import { describe } from 'vitest';
import { stateEngineStoreContract } from '../contract.ts';
import { openMongoStateEngineStore } from './store.ts';

describe('MongoDB', () => {
	stateEngineStoreContract('MongoDB', () => reopenableMongoStore(openMongoStateEngineStore));
});
