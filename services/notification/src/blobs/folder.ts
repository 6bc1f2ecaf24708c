import { join } from 'node:path';
import { readIfThere, replaceFile } from '@fefaent/files';
import { crashpoint } from '@fefaent/kernel';
import { segmentsOf } from './key.ts';
import type { BlobStore } from './port.ts';

/**
 * Blobs as files of a folder, for its owner's eyes only.
 * @param root made when missing
 */
export function openFolderBlobs(root: string): BlobStore {
	const pathOf = (key: string): string => join(root, ...segmentsOf(key));
	return {
		put: async (key, content) =>
			replaceFile(pathOf(key), content, {
				beforeNamed: () => crashpoint('notification.blob.before-rename'),
				afterNamed: () => crashpoint('notification.blob.after-rename'),
			}),
		get: async (key) => readIfThere(pathOf(key)),
	};
}
