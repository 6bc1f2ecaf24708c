import type { ServiceName } from '@fefaent/contracts/callers';
import { processConfig } from '@fefaent/process';
import type { ConfigSchema } from '@fefaent/service-kit';
import { s3Config } from '../../services/notification/src/blobs/s3-config.ts';
import { settings } from '../../services/standalone/src/settings.ts';

/** A part of the settings: those of standalone's parts, and those of every process that runs one service. */
export type Part = keyof typeof parts;

/** Every setting there is, by part. */
export const parts = { ...settings, s3: s3Config, process: processConfig } as const satisfies Readonly<Record<string, ConfigSchema>>;

/** Which parts each process reads. A test asks the processes themselves. */
export const partsOf: Readonly<Record<'standalone' | ServiceName, readonly Part[]>> = {
	standalone: Object.keys(settings) as (keyof typeof settings)[],
	gateway: ['process', 'gateway', 'admin'],
	notification: ['process', 'notification', 's3'],
	'state-engine': ['process', 'state-engine'],
	evidence: ['process', 'evidence'],
	notifier: ['process', 'notifier'],
	callback: ['process', 'callback'],
};
