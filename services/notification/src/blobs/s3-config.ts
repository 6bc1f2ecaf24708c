import { readFileSync } from 'node:fs';
import { type Config, ConfigError, defineConfig, setting } from '@fefaent/service-kit';
import type { S3BlobsOptions } from './s3.ts';

/** Settings of the object store that exports go to. Without a bucket they go to the service's own database. */
export const s3Config = defineConfig({
	FEFAENT_NOTIFICATION_S3_BUCKET: setting.string({
		optional: true,
		doc: 'Bucket that exports go to. It must be there. Unset: they go to GridFS, in the database of the service.',
	}),
	FEFAENT_NOTIFICATION_S3_ENDPOINT: setting.url({
		optional: true,
		doc: 'Where the object store is. Unset: Amazon S3 of the region. An authority of one’s own is trusted through `NODE_EXTRA_CA_CERTS`.',
	}),
	FEFAENT_NOTIFICATION_S3_REGION: setting.string({ default: 'us-east-1', doc: 'Region of the bucket.' }),
	FEFAENT_NOTIFICATION_S3_PATH_STYLE: setting.boolean({
		default: false,
		doc: 'Whether the bucket is named in the path and not in the host: most object stores besides Amazon’s want it.',
	}),
	FEFAENT_NOTIFICATION_S3_PREFIX: setting.string({
		default: '',
		doc: 'Stands before every key, such as `fefaent/`, where others use the bucket too.',
	}),
	FEFAENT_NOTIFICATION_S3_ACCESS_KEY_ID: setting.string({
		optional: true,
		doc: 'Access key. Unset: credentials are found as the AWS SDK finds them: `AWS_*` variables, shared files, web identity, the role of the container or machine.',
	}),
	FEFAENT_NOTIFICATION_S3_SECRET_ACCESS_KEY: setting.string({ optional: true, secret: true, doc: 'Its secret; or give it in a file.' }),
	FEFAENT_NOTIFICATION_S3_SECRET_ACCESS_KEY_FILE: setting.path({ optional: true, doc: 'File that holds the secret and nothing else.' }),
	FEFAENT_NOTIFICATION_S3_ENCRYPTION: setting.enum(['bucket', 'AES256', 'aws:kms'], {
		default: 'bucket',
		doc: 'How the object store encrypts what it keeps: as the bucket says, or as each write asks for.',
	}),
	FEFAENT_NOTIFICATION_S3_KMS_KEY: setting.string({ optional: true, doc: 'Key for `aws:kms`. Unset: the account’s own.' }),
	FEFAENT_NOTIFICATION_S3_TIMEOUT: setting.duration({
		default: 30_000,
		min: 100,
		max: 600_000,
		doc: 'How long reading or writing one export may take, repetitions included.',
	}),
});

/**
 * How the settings want blobs to be kept in S3; undefined where they name no bucket.
 * @throws ConfigError for an access key without its secret, and the other way round; a system error for a file that cannot be read
 */
export function s3OptionsOf(config: Config<typeof s3Config>): S3BlobsOptions | undefined {
	const bucket = config.FEFAENT_NOTIFICATION_S3_BUCKET;
	if (bucket === undefined) return undefined;
	const credentials = credentialsOf(config);
	const encryption = config.FEFAENT_NOTIFICATION_S3_ENCRYPTION;
	return {
		bucket,
		endpoint: config.FEFAENT_NOTIFICATION_S3_ENDPOINT,
		region: config.FEFAENT_NOTIFICATION_S3_REGION,
		pathStyle: config.FEFAENT_NOTIFICATION_S3_PATH_STYLE,
		prefix: config.FEFAENT_NOTIFICATION_S3_PREFIX,
		...(credentials && { credentials }),
		...(encryption !== 'bucket' && { encryption: { kind: encryption, keyId: config.FEFAENT_NOTIFICATION_S3_KMS_KEY } }),
		timeoutMs: config.FEFAENT_NOTIFICATION_S3_TIMEOUT,
	};
}

function credentialsOf(config: Config<typeof s3Config>): S3BlobsOptions['credentials'] {
	const accessKeyId = config.FEFAENT_NOTIFICATION_S3_ACCESS_KEY_ID;
	const file = config.FEFAENT_NOTIFICATION_S3_SECRET_ACCESS_KEY_FILE;
	const secretAccessKey = file === undefined ? config.FEFAENT_NOTIFICATION_S3_SECRET_ACCESS_KEY : readFileSync(file, 'utf8').trim();
	if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
	const missing = accessKeyId === undefined ? 'FEFAENT_NOTIFICATION_S3_ACCESS_KEY_ID' : 'FEFAENT_NOTIFICATION_S3_SECRET_ACCESS_KEY';
	if (accessKeyId === undefined || !secretAccessKey)
		throw new ConfigError([{ name: missing, value: undefined, expected: 'both, the access key and its secret, or neither' }]);
	return { accessKeyId, secretAccessKey };
}
