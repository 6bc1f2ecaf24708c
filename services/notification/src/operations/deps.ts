import type { Clock } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import type { BlobStore } from '../blobs/port.ts';
import type { NotificationConfig } from '../config.ts';
import type { IdAllocator } from '../ids/allocator.ts';
import type { NotificationStore } from '../store/port.ts';

/** What the operations work with. */
export interface OperationDeps {
	readonly config: NotificationConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly store: NotificationStore;
	readonly blobs: BlobStore;
	readonly ids: IdAllocator;
}
