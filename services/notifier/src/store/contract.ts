import { afterAll, beforeAll, expect, it } from 'vitest';
import { messagesContract } from '../testing/store/messages.ts';
import { noticesContract } from '../testing/store/notices.ts';
import { templatesContract } from '../testing/store/templates.ts';
import type { NotifierStore } from './port.ts';

/** Behaviour that every store of the notifier has. @param open an empty store */
export function notifierStoreContract(open: () => Promise<NotifierStore>): void {
	let store: NotifierStore;
	let lastId = 0;
	beforeAll(async () => {
		store = await open();
	});
	afterAll(() => store.close());

	const under = { store: () => store, nextId: () => ++lastId };
	noticesContract(under);
	templatesContract(under);
	messagesContract(under);

	it('can be asked whether it is well', async () => {
		await expect(store.ping()).resolves.toBeUndefined();
	});
}
