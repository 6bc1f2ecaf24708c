import type { Delivery, Endpoint } from '@fefaent/contracts/callback';
import type { Evidence } from '@fefaent/contracts/evidence';
import type { Notification } from '@fefaent/contracts/notification';
import type { AttemptResult } from '../domain/verdict.ts';
import type { WebhookSigner } from '../domain/webhooks.ts';
import type { HttpAnswer, HttpMessage } from '../http/client.ts';

/** All that a message is made of. */
export interface Content {
	readonly delivery: Delivery;
	readonly endpoint: Endpoint;
	readonly notification: Notification;
	/** The evidence of the change; absent when it has none. */
	readonly evidence: Evidence | undefined;
}

/** What forms need besides. */
export interface FormOptions {
	/** `source` of CloudEvents. */
	readonly eventSource: string;
	/** JSON form. */
	readonly signer: WebhookSigner | undefined;
}

/** How changes of state are told. */
export interface Form {
	/** The message, the same in every attempt but for what dates it. */
	write(content: Content, options: FormOptions): HttpMessage;
	/** What the receiver's answer means, and why; never throws at what it says. */
	read(answer: HttpAnswer, content: Pick<Content, 'delivery'>): AttemptResult;
}

/** The header that carries the delivery's stable id in every form. */
export const deliveryIdHeader = 'x-fefaent-delivery-id';
