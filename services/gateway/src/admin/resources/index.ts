import type { AnyOperation } from '../http/route.ts';
import { administrationOperations } from './administrations/operations.ts';
import { credentialOperations } from './credentials/operations.ts';
import { deadLetterOperations } from './dead-letters/operations.ts';
import { deliveryOperations } from './deliveries/operations.ts';
import { endpointOperations } from './endpoints/operations.ts';
import { evidenceOperations } from './evidences/operations.ts';
import { issuerOperations } from './issuers/operations.ts';
import { noticeOperations } from './notices/operations.ts';
import { notificationOperations } from './notifications/operations.ts';
import { healthOperations } from './operation/health.ts';
import { settingOperations } from './operation/settings.ts';
import { clockOperations } from './sandbox/clock.ts';
import { outboxOperations } from './sandbox/outbox.ts';
import { templateOperations } from './templates/operations.ts';

/** Every operation of the admin API. */
export const operations: readonly AnyOperation[] = [
	...issuerOperations,
	...credentialOperations,
	...administrationOperations,
	...endpointOperations,
	...deliveryOperations,
	...templateOperations,
	...noticeOperations,
	...notificationOperations,
	...evidenceOperations,
	...deadLetterOperations,
	...clockOperations,
	...outboxOperations,
	...settingOperations,
	...healthOperations,
];
