/** Rich errors as gRPC carries them: `google.rpc.Status` with its details. */
export * from './gen/google/protobuf/any.ts';
export * from './gen/google/rpc/error_details.ts';
export * from './gen/google/rpc/status.ts';
