import { type Config, ConfigError, defineConfig, setting } from '@fefaent/service-kit';

/** Settings of the evidence service. */
export const evidenceConfig = defineConfig({
	FEFAENT_EVIDENCE_SIGNER_P12: setting.path({
		optional: true,
		doc: 'PKCS#12 file with the key and certificate that sign evidences: ECDSA P-256, or RSA. Unset: a test authority and signer are made on first start.',
	}),
	FEFAENT_EVIDENCE_SIGNER_PASSWORD: setting.string({ default: '', secret: true, doc: 'Password of that file.' }),
	FEFAENT_EVIDENCE_SIGNER_CA: setting.path({
		optional: true,
		doc: 'PEM file of the authority to trust when evidences are verified. Unset: the last certificate of the PKCS#12 file.',
	}),
	FEFAENT_EVIDENCE_TEST_KEY: setting.enum(['ecdsa-p256', 'rsa-3072'], {
		default: 'ecdsa-p256',
		doc: 'Key of the test signer. RSA PKCS#1 v1.5 signs 50 times slower and leaves the European algorithm policy at the end of 2028.',
	}),
	FEFAENT_EVIDENCE_TSA_URL: setting.url({
		optional: true,
		doc: 'RFC 3161 time-stamping authority over HTTP. Unset: the built-in test authority; needed with a signer of your own.',
	}),
	FEFAENT_EVIDENCE_TSA_CA: setting.path({
		optional: true,
		doc: 'PEM file with the authorities that may have issued the certificate of the time-stamping authority; needed with its URL.',
	}),
	FEFAENT_EVIDENCE_TSA_TIMEOUT: setting.duration({
		default: 5_000,
		min: 100,
		doc: 'How long one answer of the time-stamping authority may take.',
	}),
	FEFAENT_EVIDENCE_TSA_ATTEMPTS: setting.int({
		default: 3,
		min: 1,
		max: 10,
		doc: 'How often one time-stamp is asked for before the batch is given up.',
	}),
	FEFAENT_EVIDENCE_TSA_CONNECTIONS: setting.int({
		default: 8,
		min: 1,
		max: 64,
		doc: 'Requests to the time-stamping authority at once, for each worker.',
	}),
	FEFAENT_EVIDENCE_WORKERS: setting.int({ default: 1, min: 1, max: 16, doc: 'Threads that seal evidences.' }),
	FEFAENT_EVIDENCE_SEALING_TIMEOUT: setting.duration({
		default: 120_000,
		min: 1_000,
		doc: 'How long a thread may take to seal a batch. One that takes longer, such as with a key that does not answer, is replaced, and its batch is asked for again later. More than `FEFAENT_EVIDENCE_TSA_ATTEMPTS` times `FEFAENT_EVIDENCE_TSA_TIMEOUT`.',
	}),
	FEFAENT_EVIDENCE_BATCH: setting.int({ default: 200, min: 1, max: 1_000, doc: 'Most evidences that are sealed and stored as one batch.' }),
	FEFAENT_EVIDENCE_QUEUE: setting.int({
		default: 20_000,
		min: 100,
		doc: 'Most evidences that may wait to be sealed; more are refused with SEALING_BUSY.',
	}),
});

/** Values of {@link evidenceConfig}. */
export type EvidenceConfig = Config<typeof evidenceConfig>;

/**
 * Checks that a time-stamp may take its tries before the batch that it belongs to is given up.
 * @throws ConfigError
 */
export function checkSealingTimeout(config: EvidenceConfig): void {
	const stampMs = config.FEFAENT_EVIDENCE_TSA_ATTEMPTS * config.FEFAENT_EVIDENCE_TSA_TIMEOUT;
	if (config.FEFAENT_EVIDENCE_SEALING_TIMEOUT > stampMs) return;
	const expected = `more than ${stampMs} ms: FEFAENT_EVIDENCE_TSA_ATTEMPTS times FEFAENT_EVIDENCE_TSA_TIMEOUT`;
	const value = `${config.FEFAENT_EVIDENCE_SEALING_TIMEOUT}ms`;
	throw new ConfigError([{ name: 'FEFAENT_EVIDENCE_SEALING_TIMEOUT', value, expected }]);
}
