import { readFileSync } from 'node:fs';
import type { KafkaConnection } from '@fefaent/event-bus/kafka';
import { ConfigError } from '@fefaent/service-kit';
import type { ProcessConfig } from './config.ts';

/**
 * Where MongoDB is, with the password where it is kept in a file.
 * @throws ConfigError for a password without a user; a system error for a file that cannot be read
 */
export function mongoUrlOf({ FEFAENT_MONGO_URL: url, FEFAENT_MONGO_PASSWORD_FILE: file }: ProcessConfig): string {
	if (file === undefined) return url;
	const user = /^(mongodb(?:\+srv)?:\/\/)([^@:/?#]+)(?::[^@/?#]*)?@/;
	if (!user.test(url))
		throw wrong('FEFAENT_MONGO_URL', '***', 'a URL that names the user whose password FEFAENT_MONGO_PASSWORD_FILE holds');
	// By a function: a password may hold what a replacement text gives a meaning to.
	return url.replace(user, (_, scheme: string, name: string) => `${scheme}${name}:${encodeURIComponent(secretOf(file))}@`);
}

/**
 * How brokers are reached.
 * @throws ConfigError for settings that need each other; a system error for a file that cannot be read
 */
export function kafkaSecurityOf(config: ProcessConfig): Pick<KafkaConnection, 'ssl' | 'sasl'> {
	const sasl = saslOf(config);
	const ca = config.FEFAENT_KAFKA_TLS_CA_FILE;
	const cert = config.FEFAENT_KAFKA_TLS_CERT_FILE;
	const key = config.FEFAENT_KAFKA_TLS_KEY_FILE;
	if ((cert === undefined) !== (key === undefined))
		throw missing(
			cert === undefined ? 'FEFAENT_KAFKA_TLS_CERT_FILE' : 'FEFAENT_KAFKA_TLS_KEY_FILE',
			'both, a certificate and its key, or neither',
		);
	if (!config.FEFAENT_KAFKA_TLS && (ca ?? cert) !== undefined)
		throw wrong('FEFAENT_KAFKA_TLS', 'false', 'true, since files for TLS are named');
	// Read once here, so that what is missing is told at the start.
	for (const file of [ca, cert, key]) if (file !== undefined) readFileSync(file);
	const files = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
	return { ...(config.FEFAENT_KAFKA_TLS && { ssl: files }), ...(sasl && { sasl }) };
}

function saslOf(config: ProcessConfig): KafkaConnection['sasl'] {
	const mechanism = config.FEFAENT_KAFKA_SASL_MECHANISM;
	if (mechanism === 'none') return undefined;
	const username = config.FEFAENT_KAFKA_SASL_USERNAME;
	const file = config.FEFAENT_KAFKA_SASL_PASSWORD_FILE;
	const password = file === undefined ? config.FEFAENT_KAFKA_SASL_PASSWORD : secretOf(file);
	if (username === undefined) throw missing('FEFAENT_KAFKA_SASL_USERNAME', 'a name, since FEFAENT_KAFKA_SASL_MECHANISM is set');
	if (!password) throw missing('FEFAENT_KAFKA_SASL_PASSWORD', 'a password, since FEFAENT_KAFKA_SASL_MECHANISM is set');
	return { mechanism, username, password };
}

/** Without the line end that editors and `echo` leave. */
const secretOf = (file: string): string => readFileSync(file, 'utf8').trimEnd();

const wrong = (name: string, value: string | undefined, expected: string) => new ConfigError([{ name, value, expected }]);
const missing = (name: string, expected: string) => wrong(name, undefined, expected);
