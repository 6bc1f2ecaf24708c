import { join } from 'node:path';
import { callers, type ServiceName } from '@fefaent/contracts/callers';
import type { Env } from '@fefaent/service-kit';

/** The services that have a process of their own, in the order in which they are shown. */
export const serviceNames = Object.keys(callers) as readonly ServiceName[];

/** What is to be started. */
export interface PlanOptions {
	/** How many processes of each service. */
	readonly replicas: number;
	/** The first of the ports that services are called at; the others follow. */
	readonly grpcPort: number;
	/** The public and admin ports of the first gateway; those of the others lie ten apart. */
	readonly publicPort: number;
	readonly adminPort: number;
	readonly mongoUrl: string;
	readonly kafkaBrokers: string;
	/** Folder with a folder of certificates for each service; absent: calls between services go in the clear. */
	readonly certificates?: string | undefined;
	/** Whether time can be moved; absent: as the environment says. */
	readonly sandbox?: true | undefined;
}

/** One process. */
export interface PlannedProcess {
	readonly service: ServiceName;
	/** `notification`, or `notification-2` for the second of several. */
	readonly name: string;
	/** What its environment holds besides that of the command. */
	readonly env: Readonly<Record<string, string>>;
}

/** What makes an installation on one machine work out of the box; each is an ordinary setting that the environment overrides. */
const presets: Readonly<Record<string, string>> = {
	FEFAENT_OPEN_LOOPBACK: 'true',
	FEFAENT_CALLBACK_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128',
	FEFAENT_LOG_LEVEL: 'warn',
	FEFAENT_DATA_DIR: './data',
};

/** The processes of an installation on this machine: the first of each service, then the second of each, and so on. */
export function planOf(options: PlanOptions, env: Env): readonly PlannedProcess[] {
	const { replicas, grpcPort } = options;
	const portOf = (service: ServiceName, replica: number) => grpcPort + replica * serviceNames.length + serviceNames.indexOf(service);
	const addressOf = (service: ServiceName) =>
		`ipv4:${Array.from({ length: replicas }, (_, replica) => `127.0.0.1:${portOf(service, replica)}`).join(',')}`;
	const shared = {
		...Object.fromEntries(Object.entries(presets).filter(([name]) => !env[name])),
		FEFAENT_MONGO_URL: options.mongoUrl,
		FEFAENT_KAFKA_BROKERS: options.kafkaBrokers,
		FEFAENT_GRPC_HOST: '127.0.0.1',
		FEFAENT_HEALTH_PORT: '0',
		...(options.sandbox && { FEFAENT_SANDBOX: 'true' }),
		FEFAENT_NOTIFICATION_ADDRESS: addressOf('notification'),
		FEFAENT_STATE_ENGINE_ADDRESS: addressOf('state-engine'),
		FEFAENT_EVIDENCE_ADDRESS: addressOf('evidence'),
		FEFAENT_NOTIFIER_ADDRESS: addressOf('notifier'),
		FEFAENT_CALLBACK_ADDRESS: addressOf('callback'),
	};
	return Array.from({ length: replicas }, (_, replica) =>
		serviceNames.map((service) => ({
			service,
			name: replica === 0 ? service : `${service}-${replica + 1}`,
			env: {
				...shared,
				FEFAENT_REPLICA: String(replica + 1),
				FEFAENT_GRPC_PORT: String(portOf(service, replica)),
				...(service === 'gateway' && {
					FEFAENT_PUBLIC_PORT: String(options.publicPort + 10 * replica),
					FEFAENT_ADMIN_PORT: String(options.adminPort + 10 * replica),
					FEFAENT_MTLS_PORT: '0',
				}),
				...(options.certificates !== undefined && { FEFAENT_TLS_FOLDER: join(options.certificates, service) }),
			},
		})),
	).flat();
}
