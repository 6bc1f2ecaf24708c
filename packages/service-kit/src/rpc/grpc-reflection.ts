import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';

/**
 * Serves reflection (grpc.reflection.v1 and v1alpha), so that tools such as grpcurl can list and call the services.
 * @param services full names of those to list
 * @param descriptorSet an encoded google.protobuf.FileDescriptorSet
 */
export function addReflection(server: Server, services: readonly string[], descriptorSet: Uint8Array): void {
	// The library reads nothing of a package but its files.
	const contents: ConstructorParameters<typeof ReflectionService>[0] = {
		files: {
			format: 'Protocol Buffer 3 DescriptorProto',
			type: {},
			fileDescriptorProtos: fileDescriptors(descriptorSet),
		},
	};
	new ReflectionService(contents, { services: [...services] }).addToServer(server);
}

/** The encoded files of a FileDescriptorSet (its field 1). */
function fileDescriptors(descriptorSet: Uint8Array): Buffer[] {
	const reader = new BinaryReader(descriptorSet);
	const files: Buffer[] = [];
	while (reader.pos < reader.len) {
		const [field, wireType] = reader.tag();
		if (field === 1) files.push(Buffer.from(reader.bytes()));
		else reader.skip(wireType);
	}
	return files;
}
