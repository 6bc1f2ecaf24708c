import { readFileSync } from 'node:fs';

/** The FileDescriptorSet of every contract, as gRPC reflection serves it. Read from disk at each call: hold on to it. */
export function readDescriptorSet(): Uint8Array {
	return readFileSync(new URL('./gen/descriptors.binpb', import.meta.url));
}
