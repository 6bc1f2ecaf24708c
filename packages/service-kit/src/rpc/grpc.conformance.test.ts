import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { Client, credentials } from '@grpc/grpc-js';
import { NoteServiceDefinition } from './conformance/service.ts';
import { type OpenTransport, rpcConformance } from './conformance.ts';
import { type GrpcServer, grpcClient, serveGrpc } from './grpc.ts';

const servers = new Map<OpenTransport, GrpcServer>();

rpcConformance(
	'grpc',
	async ({ binding, ready, descriptorSet, maxMessageBytes, logger }) => {
		const server = await serveGrpc([binding], {
			host: '127.0.0.1',
			port: 0,
			logger,
			health: { readiness: async () => ({ ready: ready(), checks: [] }) },
			healthEveryMs: 20,
			descriptorSet,
			maxMessageBytes,
		});
		const clients: { close(): void }[] = [];
		const transport: OpenTransport = {
			client: (caller) => {
				const client = grpcClient(NoteServiceDefinition, { address: `127.0.0.1:${server.port}`, caller });
				clients.push(client);
				return client;
			},
			close: async () => {
				for (const client of clients) client.close();
				await server.stop();
				servers.delete(transport);
			},
		};
		servers.set(transport, server);
		return transport;
	},
	{
		serialises: true,
		server: {
			health: (transport, service) => withClient(transport, (client) => health(client, service)),
			reflected: (transport) => withClient(transport, reflected),
			drain: async (transport) => servers.get(transport)?.stop(),
		},
	},
);

async function withClient<T>(transport: OpenTransport, use: (client: Client) => Promise<T>): Promise<T> {
	const client = new Client(`127.0.0.1:${servers.get(transport)?.port}`, credentials.createInsecure());
	try {
		return await use(client);
	} finally {
		client.close();
	}
}

/** Calls grpc.health.v1.Health/Check: the request's field 1 is the service, the answer's field 1 the state. */
function health(client: Client, service: string): Promise<string> {
	const encode = (name: string) => Buffer.from(new BinaryWriter().uint32(10).string(name).finish());
	const decode = (bytes: Buffer) => (bytes.length === 0 ? 0 : bytes[1]);
	return new Promise((resolve, reject) => {
		client.makeUnaryRequest('/grpc.health.v1.Health/Check', encode, decode, service, (error, state) => {
			if (error === null) resolve(['UNKNOWN', 'SERVING', 'NOT_SERVING'][state ?? 0] ?? String(state));
			else reject(error);
		});
	});
}

/** Asks grpc.reflection.v1 for the list of services: the request's field 7; the answer's field 6, field 1, field 1. */
async function reflected(client: Client): Promise<readonly string[]> {
	const encode = (filter: string) => Buffer.from(new BinaryWriter().uint32(58).string(filter).finish());
	const stream = client.makeBidiStreamRequest(
		'/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
		encode,
		(bytes: Buffer) => bytes,
	);
	stream.write('*');
	stream.end();
	const names: string[] = [];
	for await (const answer of stream) {
		for (const list of fields(answer, 6)) for (const service of fields(list, 1)) names.push(...fields(service, 1).map(String));
	}
	return names;
}

function fields(message: Uint8Array, wanted: number): Buffer[] {
	const reader = new BinaryReader(message);
	const found: Buffer[] = [];
	while (reader.pos < reader.len) {
		const [field, wireType] = reader.tag();
		if (field === wanted) found.push(Buffer.from(reader.bytes()));
		else reader.skip(wireType);
	}
	return found;
}
