import { type Config, defineConfig, setting } from '@fefaent/service-kit';

/** Settings of every process that runs one service. */
export const processConfig = defineConfig({
	FEFAENT_MONGO_URL: setting.url({
		protocols: ['mongodb:', 'mongodb+srv:'],
		default: 'mongodb://127.0.0.1:27017/?replicaSet=rs0',
		secret: true,
		doc: 'MongoDB, a replica set of version 6.0 or newer, with the credentials of this service. Unset: `rs0` at port 27017 of this machine.',
	}),
	FEFAENT_MONGO_PASSWORD_FILE: setting.path({
		optional: true,
		doc: 'File that holds the password of the user whom FEFAENT_MONGO_URL names, and nothing else. Certificates are named in that URL (`tls`, `tlsCAFile`, `tlsCertificateKeyFile`).',
	}),
	FEFAENT_MONGO_DATABASE_PREFIX: setting.string({
		default: 'fefaent-',
		doc: 'What the name of the database begins with; the service’s own name follows.',
	}),
	FEFAENT_KAFKA_BROKERS: setting.list({
		default: ['127.0.0.1:9092'],
		doc: 'Some brokers of the Kafka cluster, host:port; the others are found through them.',
	}),
	FEFAENT_KAFKA_TLS: setting.boolean({ default: false, doc: 'Whether brokers are reached over TLS.' }),
	FEFAENT_KAFKA_TLS_CA_FILE: setting.path({
		optional: true,
		doc: 'PEM file of the authorities that brokers are accepted of. Unset: those of Node.',
	}),
	FEFAENT_KAFKA_TLS_CERT_FILE: setting.path({
		optional: true,
		doc: 'PEM file of the certificate shown to brokers, where they ask for one.',
	}),
	FEFAENT_KAFKA_TLS_KEY_FILE: setting.path({ optional: true, doc: 'PEM file of its private key.' }),
	FEFAENT_KAFKA_SASL_MECHANISM: setting.enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512'], {
		default: 'none',
		doc: 'How this process logs in to brokers. `plain` shows them the password: only over TLS.',
	}),
	FEFAENT_KAFKA_SASL_USERNAME: setting.string({ optional: true, doc: 'Who logs in to brokers.' }),
	FEFAENT_KAFKA_SASL_PASSWORD: setting.string({ optional: true, secret: true, doc: 'Its password; or give it in a file.' }),
	FEFAENT_KAFKA_SASL_PASSWORD_FILE: setting.path({ optional: true, doc: 'File that holds the password and nothing else.' }),
	FEFAENT_KAFKA_PREFIX: setting.string({
		default: '',
		doc: 'Stands before the names of topics and consumer groups, where installations share a cluster.',
	}),
	FEFAENT_KAFKA_PARTITIONS: setting.int({
		default: 12,
		min: 1,
		max: 1_000,
		doc: 'Partitions of a topic that is made: how many replicas of a service can follow it at once. Of no effect on topics that are there.',
	}),
	FEFAENT_KAFKA_REPLICATION: setting.int({
		default: 1,
		min: 1,
		max: 10,
		doc: 'Copies of each partition of a topic that is made. Three in production.',
	}),
	FEFAENT_KAFKA_RETENTION: setting.duration({
		default: 7 * 86_400_000,
		min: 3_600_000,
		doc: 'How long events stay in a topic that is made: longer than any service may be down.',
	}),
	FEFAENT_KAFKA_SESSION_TIMEOUT: setting.duration({
		default: 6_000,
		min: 1_000,
		max: 300_000,
		doc: 'A process that was killed holds its events up for so long: until then Kafka takes it for alive. No less than the brokers’ `group.min.session.timeout.ms`, which is 6 s unless set.',
	}),
	FEFAENT_GRPC_HOST: setting.string({
		default: '127.0.0.1',
		doc: 'Address that the service is called at. Listen on others only with FEFAENT_TLS_FOLDER, or in a network of its own.',
	}),
	FEFAENT_GRPC_PORT: setting.port({ default: 50_051, doc: 'Port that the service is called at.' }),
	FEFAENT_TLS_FOLDER: setting.path({
		optional: true,
		doc: 'Folder of the certificates for calls between services: ca.pem (the authorities that are accepted), cert.pem (made out to the name of the service, for servers and clients) and key.pem, read anew when they change. Unset: calls go in the clear, and callers are who they say they are.',
	}),
	FEFAENT_HEALTH_HOST: setting.string({ default: '127.0.0.1', doc: 'Address of the health page.' }),
	FEFAENT_HEALTH_PORT: setting.port({ default: 8_090, doc: 'Port of the health page: /health/live and /health/ready.' }),
	FEFAENT_NOTIFICATION_ADDRESS: setting.string({
		default: 'notification:50051',
		doc: 'Where the notification service is, host:port or dns:///name:port.',
	}),
	FEFAENT_STATE_ENGINE_ADDRESS: setting.string({ default: 'state-engine:50051', doc: 'Where the state-engine is.' }),
	FEFAENT_EVIDENCE_ADDRESS: setting.string({ default: 'evidence:50051', doc: 'Where the evidence service is.' }),
	FEFAENT_NOTIFIER_ADDRESS: setting.string({ default: 'notifier:50051', doc: 'Where the notifier is.' }),
	FEFAENT_CALLBACK_ADDRESS: setting.string({ default: 'callback:50051', doc: 'Where the callback service is.' }),
	FEFAENT_REPLICA: setting.string({
		optional: true,
		doc: 'Names this replica among those of its service. Under one name only one may run. Unset: the name of the host.',
	}),
	FEFAENT_DATA_DIR: setting.path({
		default: './data',
		doc: 'Folder for what this process keeps by itself, such as test keys where no real ones are set.',
	}),
	FEFAENT_SANDBOX: setting.boolean({
		default: false,
		doc: 'Whether time can be moved ahead by the admin API (`fefaent clock advance`), for trying things: the same in every process. Databases whose time was moved are of no use without it.',
	}),
	FEFAENT_LOG_LEVEL: setting.enum(['debug', 'info', 'warn', 'error'], { default: 'info', doc: 'Least severe level that is logged.' }),
	FEFAENT_STOP_TIMEOUT: setting.duration({
		default: 25_000,
		min: 100,
		doc: 'How long what is under way may take to finish when the process is told to stop.',
	}),
	OTEL_EXPORTER_OTLP_ENDPOINT: setting.url({
		optional: true,
		doc: 'OpenTelemetry collector (OTLP over HTTP). Unset: no traces or metrics are made.',
	}),
});

/** Values of {@link processConfig}. */
export type ProcessConfig = Config<typeof processConfig>;
