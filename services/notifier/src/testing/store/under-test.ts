import type { NotifierStore } from '../../store/port.ts';

/** What the suites of a store work on. */
export interface StoreUnderTest {
	/** The store, once it is open. */
	readonly store: () => NotifierStore;
	/** A notification's id that no other case uses. */
	readonly nextId: () => number;
}
